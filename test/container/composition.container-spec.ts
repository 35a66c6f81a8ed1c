import { type HostileProgram } from '../security/hostile-program';
import { MEMORY } from '../security/memory';
import { NETWORK } from '../security/network';
import { PROCESSES } from '../security/processes';
import { FILES } from '../security/files';
import { eventually } from '../support/eventually';
import { expectAnswer } from '../security/required-answer';
import { compose, Composition, docker, evaluate, within } from './composition';

const PATIENCE_MS = 60_000;
/** Effective capabilities by bit (capabilities(7)): CAP_SETGID, CAP_SETUID. */
const SETGID_SETUID = '00000000000000c0';
/**
 * Rows of the tables that say what holds on a machine of one's own. In a container no stage can be made for mounts, so that they
 * show the paths of the image, and without control groups a limit is met in another way and so named otherwise.
 */
const OTHERWISE_ANSWERED = new Set([
  "looks in its mounts for the host's paths and devices",
  "searches its own memory, a copy of the server's, for the paths of the service",
  'forbids itself to fork and blames the service',
  'a __del__ that fills it',
  'a new child for each that is killed',
  'a shared mapping',
  'a source whose tree is a thousand times its size',
  'an atexit handler that fills it',
  'an exception whose text fills it',
  'calls without end or limit',
  'children that each take a share',
  'copies on write of a fat parent',
  'files without a name',
  'full folders and a heap',
  'page tables of an empty address space',
  'sockets with full queues',
  'threads with stacks of a gigabyte',
]);

describe('the composition', () => {
  let api: Composition;

  beforeAll(async () => {
    api = await Composition.find();
  }, PATIENCE_MS);

  describe('as its callers see it', () => {
    it('runs a program', async () => {
      const { status, json } = await api.run('import numpy\nprint("Hello")\nreturn int(numpy.arange(4).sum())');
      expect(status).toBe(200);
      expect(json.response).toEqual({ result: 6, stdout: 'Hello\n', stderr: '', exit_code: 0 });
    });

    it('tells a bad request, a failed program, an unknown key and a timeout apart', async () => {
      const answers = await Promise.all([
        api.call({ code: 1 }),
        api.run('1 / 0'),
        api.call({ code: '' }, { headers: { 'x-api-key': 'nobody-has-this-key' } }),
        api.call({ code: 'while True: pass', timeout: 1 }),
      ]);
      expect(answers.map(({ status }) => status)).toEqual([400, 400, 401, 408]);
      expect(answers[1].json.error).toMatch(/ZeroDivisionError: division by zero$/);
    });

    it('runs what nobody waits for, and tells of it in its record and by webhook', async () => {
      const receiver = `${process.env.COMPOSE_PROJECT_NAME ?? ''}-receiver`;
      const image = process.env.IMAGE ?? '';
      const serve =
        "require('http').createServer((request, answer) => { console.log(request.headers['webhook-id']); answer.end(); }).listen(9000)";
      const started = await docker(
        ...[
          'run',
          '--detach',
          '--rm',
          '--name',
          receiver,
          '--network',
          `${process.env.COMPOSE_PROJECT_NAME ?? ''}_outside`,
        ],
        ...['--entrypoint', 'node', image, '-e', serve],
      );
      expect(started.exitCode).toBe(0);
      try {
        const body = { code: 'return 7', webhook_url: `http://${receiver}:9000/` };
        const { status, json } = await api.call(body, { headers: { prefer: 'respond-async' } });
        expect(status).toBe(202);
        const path = `/v1/jobs/${json.job_id as string}`;
        await eventually('it succeeded', async () => (await api.get(path)).json.status === 'succeeded', PATIENCE_MS);
        await eventually(
          'it was told',
          async () => (await docker('logs', receiver)).output.includes(json.job_id as string),
          PATIENCE_MS,
        );
      } finally {
        await docker('kill', receiver);
      }
    });

    it('says how it is', async () => {
      expect((await api.get('/health/live')).status).toBe(200);
      expect((await api.get('/health/ready')).json.details).toMatchObject({ redis: { status: 'up' } });
      expect((await api.get('/metrics')).text).toMatch(/^pyexec_ready 1$/m);
      const worker = await evaluate(
        'worker',
        "fetch('http://127.0.0.1:8080/health/ready').then((a) => a.text()).then(console.log)",
      );
      expect(JSON.parse(worker).details.sandbox).toMatchObject({
        status: 'up',
        seccomp: true,
        capabilities: false,
        sharedNamespaces: [],
      });
    });
  });

  describe('gives its parts no more than they need', () => {
    it.each([
      ['api', '0000000000000000'],
      ['worker', SETGID_SETUID],
    ] as const)('%s: a user of its own, and these capabilities', async (part, capabilities) => {
      const status = await within(part, 'cat', '/proc/1/status');
      const lines = ['Uid', 'CapEff', 'CapBnd', 'NoNewPrivs', 'Seccomp'].map(
        (name) => new RegExp(`^${name}:\\t(\\S+)`, 'm').exec(status)?.[1],
      );
      expect(lines).toEqual(['1000', capabilities, capabilities, '1', '2']);
    });

    it.each(['api', 'worker'] as const)('%s: nothing of its image to write to', async (part) => {
      const { output } = await compose('exec', '-T', '--user', '0', part, 'touch', '/app/x', '/usr/bin/x', '/etc/x');
      expect(output.match(/Read-only file system/g)).toHaveLength(3);
    });

    it('worker: no way out', async () => {
      // An address of RFC 5737, where nobody is: it is refused at once, or no packet ever comes back.
      const program = `const say = (word) => { console.log(word); process.exit(); };
        setTimeout(() => say('no answer'), 2000);
        require('net').connect(80, '192.0.2.1').on('error', (error) => say(error.code)).on('connect', () => say('connected'))`;
      expect(['ENETUNREACH', 'EHOSTUNREACH', 'no answer']).toContain(await evaluate('worker', program));
    });

    it('worker: no part of the service outlives its process', async () => {
      const states = await within('worker', 'sh', '-c', 'cat /proc/[0-9]*/status 2>/dev/null');
      expect(states).not.toMatch(/^State:\tZ/m);
    });
  });

  // One after the other: what an attack leaves behind meets the next program.
  describe.each<[string, readonly HostileProgram[]]>([
    ['files', FILES],
    ['memory', MEMORY],
    ['network', NETWORK],
    ['processes', PROCESSES],
  ])('against hostile programs: %s', (_family, programs) => {
    it.each(programs.filter(({ name }) => !OTHERWISE_ANSWERED.has(name)).map((row) => [row.name, row] as const))(
      '%s',
      async (_name, { program, timeout = 10, answer: required }) => {
        const answer = await api.call({ code: program, timeout });
        expectAnswer(answer, required);
        expect(answer.text).not.toContain(api.apiKey);
        const honest = await api.run('return sum(range(10))');
        expect(honest.json.response).toMatchObject({ result: 45 });
      },
      PATIENCE_MS,
    );
  });
});
