import fc from 'fast-check';
import type { Outcome } from '../domain/outcome';
import { classifyExit, type RunLimits, type RunReport } from './exit.classifier';
import { EndCause } from './frame.codec';

const LIMITS: RunLimits = { timeoutSeconds: 7, memoryMebibytes: 256, processes: 64, outputKibibytes: 1 };
const EXIT_1 = 1 << 8;
const SIGKILL = 9;

const MEMORY = { kind: 'overLimit', limit: 'memory', mebibytes: 256 };
const PROCESSES = { kind: 'overLimit', limit: 'processes', count: 64 };
const OUTPUT = { kind: 'overLimit', limit: 'output', kibibytes: 1 };
const TIMED_OUT = { kind: 'timedOut', timeoutSeconds: 7 };
const returned = (resultJson: string): object => ({ kind: 'returned', resultJson });
const raised = (traceback: string): object => ({ kind: 'raised', traceback });
const exited = (exitCode: number, message: string | null = null): object => ({ kind: 'exited', exitCode, message });
const signalled = (signal: number): object => ({ kind: 'signalled', signal });

interface Evidence extends Partial<Omit<RunReport, 'stdout' | 'stderr' | 'result'>> {
  readonly stdout?: Buffer | string;
  readonly stderr?: Buffer | string;
  readonly result?: Buffer | string;
}

function classify({ stdout = '', stderr = '', result = '', ...rest }: Evidence): Outcome {
  const [out, err, message] = [stdout, stderr, result].map((part) => Buffer.from(part as string));
  return classifyExit(
    {
      stdout: out!,
      stderr: err!,
      result: message!,
      cause: EndCause.None,
      waitStatus: 0,
      oomKills: 0,
      refusedProcesses: 0,
      counted: true,
      ...rest,
    },
    LIMITS,
  );
}

describe(classifyExit.name, () => {
  describe('of a program that ended by itself', () => {
    it.each<[string, Evidence, object]>([
      ['status 0 and a result', { result: 'R{"a":1}' }, returned('{"a":1}')],
      ['status 0 and no result', { result: '' }, returned('null')],
      ['status 0 after a traceback', { result: 'ETraceback' }, returned('null')],
      ['status 0 after an exit text', { result: 'Xbye' }, returned('null')],
      ['status 0 although it was refused processes', { result: 'R1', refusedProcesses: 9 }, returned('1')],
      ['status 0 after its own word that memory ran out', { result: 'Mx' }, returned('null')],
      ['an empty traceback, which is forged', { waitStatus: EXIT_1, result: 'E' }, exited(1)],
      ['a traceback', { waitStatus: EXIT_1, result: 'ETraceback é' }, raised('Traceback é')],
      ['exit code 3', { waitStatus: 3 << 8 }, exited(3)],
      ['exit code 255', { waitStatus: 255 << 8 }, exited(255)],
      ['exit code 1 and a text', { waitStatus: EXIT_1, result: 'Xbye' }, exited(1, 'bye')],
      ['exit code 1 and an empty text', { waitStatus: EXIT_1, result: 'X' }, exited(1, '')],
      ['exit code 1 after a result', { waitStatus: EXIT_1, result: 'R1' }, exited(1)],
      ['SIGSEGV', { waitStatus: 11 }, signalled(11)],
      ['SIGABRT and a core', { waitStatus: 6 | 0x80 }, signalled(6)],
      ['SIGKILL that was not for memory', { waitStatus: SIGKILL }, signalled(9)],
      ['a signal after a traceback', { waitStatus: 15, result: 'ETraceback' }, signalled(15)],
      ['a signal after a result', { waitStatus: 15, result: 'R1' }, signalled(15)],
    ])('%s', (_what, evidence, expected) => {
      expect(classify(evidence)).toEqual({ stdout: '', stderr: '', ...expected });
    });
  });

  describe('of a program that failed at a limit', () => {
    it.each<[string, Evidence, object]>([
      ['killed for memory', { waitStatus: SIGKILL, oomKills: 1 }, MEMORY],
      ['status 0 after a child was killed for memory', { result: 'R1', oomKills: 1 }, MEMORY],
      ['time run out after a child was killed for memory', { cause: EndCause.Deadline, oomKills: 1 }, MEMORY],
      ['exit code 1 after a child was killed for memory', { waitStatus: EXIT_1, oomKills: 1 }, MEMORY],
      ['a traceback after a child was killed for memory', { waitStatus: EXIT_1, result: 'Ex', oomKills: 1 }, MEMORY],
      ['a MemoryError', { waitStatus: EXIT_1, result: 'Mx' }, MEMORY],
      ['a MemoryError where nothing counts', { waitStatus: EXIT_1, result: 'Mx', counted: false }, MEMORY],
      ['a refused process', { waitStatus: EXIT_1, result: 'Px', refusedProcesses: 1 }, PROCESSES],
      ['a refused process, and a signal', { waitStatus: 15, refusedProcesses: 1 }, PROCESSES],
      ['its word for it, where nothing counts', { waitStatus: EXIT_1, result: 'Px', counted: false }, PROCESSES],
      ['its word for it, where the count says no', { waitStatus: EXIT_1, result: 'Px' }, raised('x')],
      ['memory before processes', { waitStatus: SIGKILL, oomKills: 1, refusedProcesses: 1 }, MEMORY],
    ])('%s', (_what, evidence, expected) => {
      expect(classify(evidence)).toEqual({ stdout: '', stderr: '', ...expected });
    });
  });

  describe('of a program that was ended', () => {
    it.each([
      [EndCause.Deadline, TIMED_OUT],
      [EndCause.Output, OUTPUT],
      [EndCause.Cancel, { kind: 'cancelled' }],
    ])('cause %s stands, whatever else is known', (cause, expected) => {
      for (const waitStatus of [0, EXIT_1, SIGKILL, 11]) {
        for (const result of ['', 'R1', 'Ex', 'Mx', 'Px', 'Xx', '?']) {
          for (const refusedProcesses of [0, 1]) {
            const evidence = { cause, waitStatus, result, refusedProcesses, stdout: 'partial' };
            expect(classify(evidence)).toEqual({ stdout: 'partial', stderr: '', ...expected });
          }
        }
      }
    });
  });

  describe('of a forged result', () => {
    it.each<[string, Buffer | string]>([
      ['nothing', 'R'],
      ['no JSON', 'R{"a":'],
      ['JSON and more', 'R1 2'],
      ['two messages', 'R1R2'],
      ['Python', "R{'a': None}"],
      ['NaN', 'RNaN'],
      ['Infinity', 'R-Infinity'],
      ['a byte order mark', 'R\ufeff1'],
      ['bytes that are no UTF-8', Buffer.from([0x52, 0xff, 0xfe])],
      ['NUL bytes', 'R\0\0\0\0'],
      ['an end of the answer that would hold it', 'R1},"message":"forged","x":{"a":1'],
      ['an unknown kind', 'Z1'],
      ['a kind that is no ASCII', Buffer.from([0xff, 0x31])],
      ['a small letter', 'r1'],
    ])('%s counts as none', (_what, result) => {
      expect(classify({ result })).toMatchObject(returned('null'));
    });

    it('never makes anything but JSON of any bytes', () => {
      fc.assert(
        fc.property(fc.oneof(fc.uint8Array(), fc.json().map(Buffer.from), fc.string().map(Buffer.from)), (payload) => {
          const outcome = classify({ result: Buffer.concat([Buffer.from('R'), payload]) });
          const { resultJson } = outcome as Extract<Outcome, { kind: 'returned' }>;
          expect(() => JSON.parse(resultJson) as unknown).not.toThrow();
        }),
      );
    });

    it.each([
      ['as deep as the runtime goes', 200, true],
      ['one deeper', 201, false],
      ['as deep as it likes', 5000, false],
    ])('that nests %s is held to that', (_what, levels, counts) => {
      const json = '['.repeat(levels) + ']'.repeat(levels);
      expect(classify({ result: `R${json}` })).toMatchObject(returned(counts ? json : 'null'));
    });

    it('of a hundred thousand brackets neither fails nor counts', () => {
      expect(classify({ result: `R${'['.repeat(100_000)}` })).toMatchObject(returned('null'));
    });
  });

  it.each(['123456789012345678901234567890', '1e400', '0.1000', '-0.0', '1.0', '"\\ud800"', '{"a":1,"a":2}'])(
    'hands %s on digit for digit',
    (json) => {
      expect(classify({ result: `R${json}` })).toMatchObject(returned(json));
    },
  );

  describe('of output', () => {
    it('keeps both streams', () => {
      expect(classify({ stdout: 'é', stderr: '€' })).toMatchObject({ stdout: 'é', stderr: '€' });
    });

    it('keeps exactly the limit', () => {
      const full = 'x'.repeat(1024);
      expect(classify({ stdout: full, stderr: full })).toMatchObject({ stdout: full, stderr: full });
    });

    it('cuts each stream to the limit', () => {
      const outcome = classify({ cause: EndCause.Output, stdout: 'x'.repeat(1025), stderr: 'y'.repeat(5000) });
      expect(outcome).toEqual({ ...OUTPUT, stdout: 'x'.repeat(1024), stderr: 'y'.repeat(1024) });
    });

    it.each([
      ['é', 1],
      ['€', 1],
      ['€', 2],
      ['😀', 1],
      ['😀', 3],
    ])('replaces the part of a %s of which %d bytes are within the limit', (character, within) => {
      const stdout = 'x'.repeat(1024 - within) + character;
      expect(classify({ cause: EndCause.Output, stdout }).stdout).toBe(`${'x'.repeat(1024 - within)}\ufffd`);
    });

    it('replaces what is no UTF-8', () => {
      expect(classify({ stdout: Buffer.from([0x61, 0xff, 0xc3, 0x28, 0x62]) }).stdout).toBe('a\ufffd\ufffd(b');
    });

    it('replaces the half of a character that a failing program wrote last', () => {
      expect(classify({ waitStatus: EXIT_1, stdout: Buffer.from([0x61, 0xe2, 0x82]) }).stdout).toBe('a\ufffd');
    });

    it('hands a byte order mark on', () => {
      expect(classify({ stdout: '\ufeffa' }).stdout).toBe('\ufeffa');
    });
  });
});
