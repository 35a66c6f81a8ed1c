import { failureMessage } from './failure-message';

const OUTPUT = { stdout: '', stderr: '' };

describe(failureMessage.name, () => {
  it.each([
    [{ kind: 'raised', traceback: 'Traceback…\nKeyError: 1' }, 'Traceback…\nKeyError: 1'],
    [{ kind: 'exited', exitCode: 3, message: null }, 'Process exited with code 3'],
    [{ kind: 'exited', exitCode: 1, message: 'text' }, 'Process exited with code 1: text'],
    [{ kind: 'exited', exitCode: 1, message: '' }, 'Process exited with code 1: '],
    [{ kind: 'signalled', signal: 11 }, 'Process killed by signal 11 (SIGSEGV)'],
    [{ kind: 'signalled', signal: 37 }, 'Process killed by signal 37 (SIGRTMIN+3)'],
    [{ kind: 'signalled', signal: 33 }, 'Process killed by signal 33'],
    [{ kind: 'timedOut', timeoutSeconds: 1 }, 'Execution timed out after 1 seconds'],
    [{ kind: 'overLimit', limit: 'memory', mebibytes: 256 }, 'Memory limit of 256 MiB exceeded'],
    [{ kind: 'overLimit', limit: 'processes', count: 64 }, 'Process limit of 64 exceeded'],
    [{ kind: 'overLimit', limit: 'output', kibibytes: 1024 }, 'Output limit of 1 MiB exceeded'],
    [{ kind: 'overLimit', limit: 'output', kibibytes: 1536 }, 'Output limit of 1536 KiB exceeded'],
    [{ kind: 'cancelled' }, 'Execution was cancelled'],
  ] as const)('says of %j: %s', (ending, message) => {
    expect(failureMessage({ ...OUTPUT, ...ending })).toBe(message);
  });
});
