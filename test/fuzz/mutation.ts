import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Random } from '../support/random';

const FOLDER = join(__dirname, '../programs');
const MAX_CHARACTERS = 50_000;
const MAX_MUTATIONS = 4;
const TOKEN = /\w+|\s+|[^\w\s]/gu;
const CONSTANT = /\b\d+\b/gu;
const CONSTANTS = [
  '0',
  '-1',
  '1',
  '255',
  '65536',
  '2**31',
  '2**63',
  '10**30',
  '1e308',
  'None',
  "''",
  "'\\ud800'",
  '[]',
];

/** Lines that a program under attack may meet anywhere. Some end it, some its luck, none may end anything else. */
const HOSTILE_LINES = [
  'import os; os.closerange(0, 1024)',
  'import os; os.kill(os.getpid(), __import__("random").randrange(1, 32))',
  'import os; os.fork()',
  'import os; os._exit(0)',
  'import os; os.kill(-1, 9)',
  'import os; [os.write(n, b"R{}X\\x00E") for n in range(3, 9)]',
  'import os; os.dup2(1, 5); os.dup2(2, 1)',
  'import os; os.setpgid(0, 0); os.write(2, b"\\xff" * 70000)',
  'import sys; sys.stdout = sys.stderr = None',
  'import sys; sys.setrecursionlimit(10**6)',
  'import sys; sys.excepthook = sys.unraisablehook = None',
  'import builtins; builtins.__import__ = None',
  'import gc; [o.clear() for o in gc.get_objects() if type(o) is dict]',
  'import atexit, os; atexit.register(os.abort)',
  'import threading; threading.Thread(target=lambda: 1 / 0).start()',
  'import ctypes; ctypes.string_at(0)',
  'import resource; resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))',
  'import signal; [signal.signal(n, signal.SIG_IGN) for n in (1, 2, 13, 14, 15, 17)]',
  'bytearray(10**9)',
  'globals().clear()',
  'print("x" * 2**21)',
  'return __import__("sys").modules',
  'raise BaseException',
  'while True: pass',
];

function readPrograms(): string[] {
  return readdirSync(FOLDER, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.py'))
    .sort()
    .map((name) => readFileSync(join(FOLDER, name), 'utf8'));
}

type Mutation = (program: string, random: Random, others: readonly string[]) => string;

const pieces = (program: string, by: 'line' | 'token'): string[] =>
  by === 'line' ? program.split(/(?<=\n)/) : (program.match(TOKEN) ?? []);

/** A mutation of the list of a program's lines, or of its tokens. */
function ofPieces(change: (list: string[], place: number, other: number) => void): Mutation {
  return (program, random) => {
    const list = pieces(program, random.pick(['line', 'line', 'line', 'token']));
    change(list, random.below(list.length), random.below(list.length));
    return list.join('');
  };
}

const MUTATIONS: readonly Mutation[] = [
  ofPieces((list, place) => list.splice(place, 1)),
  ofPieces((list, place, other) => list.splice(place, 0, list[other] ?? '')),
  ofPieces((list, place, other) => ([list[place], list[other]] = [list[other] ?? '', list[place] ?? ''])),
  (program, random, others) => {
    const [head, tail] = [pieces(program, 'line'), pieces(random.pick(others), 'line')];
    return [...head.slice(0, random.below(head.length + 1)), ...tail.slice(random.below(tail.length + 1))].join('');
  },
  (program, random) => {
    const lines = pieces(program, 'line');
    const place = random.below(lines.length + 1);
    const indent = /^\s*/.exec(lines[place] ?? '')?.[0] ?? '';
    lines.splice(place, 0, `${indent}${random.pick(HOSTILE_LINES)}\n`);
    return lines.join('');
  },
  (program, random) =>
    program.replace(CONSTANT, (number) => (random.fraction() < 0.3 ? random.pick(CONSTANTS) : number)),
  (program, random) => {
    const place = random.below(program.length + 1);
    return program.slice(0, place) + String.fromCharCode(random.below(0x10000)) + program.slice(place);
  },
];

/** Grows programs from those with known answers. */
export class ProgramMutator {
  private readonly programs = readPrograms();

  grow(random: Random): string {
    let program = random.pick(this.programs);
    for (let left = 1 + random.below(MAX_MUTATIONS); left > 0; left--) {
      program = random.pick(MUTATIONS)(program, random, this.programs);
    }
    return program.slice(0, MAX_CHARACTERS);
  }
}
