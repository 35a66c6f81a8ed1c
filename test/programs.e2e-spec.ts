import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Service } from './support/service';

const PROGRAMS = join(__dirname, 'programs');
/** The slowest programs run into a limit of 10 s of their own when the service does not stop them. */
const PROGRAM_TIMEOUT_MS = 60_000;

/** The members of a JSON object, each as JSON text. */
type Members = Map<string, string>;

/** What `NAME.expected.json` says; test/programs/README.md explains the members. */
interface Expectation {
  readonly status: number;
  readonly request: Record<string, unknown>;
  readonly exact: Members;
  readonly matches: Map<string, RegExp>;
  readonly lengths: Map<string, number>;
}

const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|[^\s{}[\],:"]+|[{}[\],:]/g;

/**
 * Splits JSON without reading its numbers: they stay as they were written, digit for digit, and nested members in their
 * order. Only white space and the spelling of strings are evened out.
 */
function membersOf(json: string): Members {
  const members: Members = new Map();
  let depth = 0;
  let key: string | undefined;
  let value: string[] = [];
  const close = (): void => {
    if (key !== undefined) members.set(key, value.join(''));
    key = undefined;
    value = [];
  };
  for (const [token] of json.matchAll(TOKEN)) {
    if (token === '}' || token === ']') depth -= 1;
    if (depth === 0 || (depth === 1 && token === ',')) close();
    else if (key === undefined) key = JSON.parse(token) as string;
    else if (value.length > 0 || token !== ':')
      value.push(token.startsWith('"') ? JSON.stringify(JSON.parse(token)) : token);
    if (token === '{' || token === '[') depth += 1;
  }
  return members;
}

function parsed<T>(members: Members, key: string, absent: T): T {
  const text = members.get(key);
  return text === undefined ? absent : (JSON.parse(text) as T);
}

/** What is expected of a program on one version of Python, such as `3.12`. */
function readExpectation(path: string, python: string): Expectation {
  const file = membersOf(readFileSync(path, 'utf8'));
  const part = file.has('response') ? 'response' : 'body';
  const ofThisPython = membersOf(membersOf(file.get('byPython') ?? '{}').get(python) ?? '{}');
  const exact = new Map([...membersOf(file.get(part) ?? '{}'), ...membersOf(ofThisPython.get(part) ?? '{}')]);
  const resultText = parsed<string | undefined>(file, 'resultText', undefined);
  if (resultText !== undefined) exact.set('result', resultText);

  const patterns = Object.entries(parsed<Record<string, string>>(file, `${part}Matches`, {}));
  const lengths = new Map<string, number>();
  for (const stream of ['stdout', 'stderr']) {
    if (file.has(`${stream}Length`)) lengths.set(stream, parsed(file, `${stream}Length`, 0));
  }
  return {
    status: parsed(file, 'status', 0),
    request: parsed(file, 'request', {}),
    exact,
    matches: new Map(patterns.map(([key, pattern]) => [key, new RegExp(pattern)])),
    lengths,
  };
}

/** A form in which text can be read and numbers keep their digits. */
function shown(members: Members): Record<string, unknown> {
  return Object.fromEntries(
    [...members].map(([key, text]) => [key, text.startsWith('"') ? JSON.parse(text) : { json: text }]),
  );
}

/** The answer that was hoped for, to hold against the one that came. */
function wanted(expectation: Expectation, answer: Record<string, unknown>): Record<string, unknown> {
  const members = shown(expectation.exact);
  for (const [key, pattern] of expectation.matches) {
    members[key] = pattern.test(String(answer[key])) ? answer[key] : `text that matches ${pattern.source}`;
  }
  for (const [key, length] of expectation.lengths) {
    members[key] = String(answer[key]).length === length ? answer[key] : `${length} characters`;
  }
  return members;
}

function programNames(): string[] {
  return readdirSync(PROGRAMS, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.py'))
    .map((name) => name.slice(0, -'.py'.length))
    .sort();
}

describe('programs sent over HTTP', () => {
  let service: Service;
  let python: string;

  beforeAll(async () => {
    service = await Service.start();
    const { text } = await service.run('import sys\n"%d.%d" % sys.version_info[:2]');
    python = parsed(membersOf(membersOf(text).get('response') ?? '{}'), 'result', 'unknown');
  }, PROGRAM_TIMEOUT_MS);

  afterAll(async () => {
    await service[Symbol.asyncDispose]();
  });

  it.each(programNames())(
    '%s',
    async (name) => {
      const path = join(PROGRAMS, name);
      const expectation = readExpectation(`${path}.expected.json`, python);

      const { status, text } = await service.call({ code: readFileSync(`${path}.py`, 'utf8'), ...expectation.request });

      const body = membersOf(text);
      const answer = shown(status === 200 ? membersOf(body.get('response') ?? '{}') : body);
      expect({ program: name, status, answer }).toEqual({
        program: name,
        status: expectation.status,
        answer: wanted(expectation, answer),
      });
    },
    PROGRAM_TIMEOUT_MS,
  );
});
