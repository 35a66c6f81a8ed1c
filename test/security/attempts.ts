import { type RequiredAnswer } from './hostile-program';

/** What rows share: system calls by number (x86-64), and attempts of which those that were not refused are told. */
export const ATTEMPTS = String.raw`
import ctypes, errno, os, select, signal

_libc = ctypes.CDLL(None, use_errno=True)
_libc.syscall.restype = _libc.mmap.restype = ctypes.c_long

def checked(value):
    if value == -1:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return value

def call(number, *arguments):
    """syscall(2). Integers go as 64 bits, all else as ctypes does it."""
    wide = (ctypes.c_long(argument) if isinstance(argument, int) else argument for argument in arguments)
    return checked(_libc.syscall(ctypes.c_long(number), *wide))

def attempt(act):
    try:
        act()
    except OSError as error:
        return errno.errorcode.get(error.errno, repr(error))
    return 'done'

REFUSALS = 'EPERM ENOSYS'

def unrefused(attempts, refusals=REFUSALS):
    """What became of the named attempts that were not refused in one of these ways."""
    outcomes = {name: attempt(act) for name, act in attempts.items()}
    return {name: outcome for name, outcome in outcomes.items() if outcome not in refusals.split()}

def in_child(act, seconds=1.0):
    """How a forked child ends in which this is done: 'returned', 'raised', or a signal: SIGKILL when it takes too long."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            act()
            status = 0
        finally:
            os._exit(status)
    end = os.pidfd_open(child)
    if not select.select([end], [], [], seconds)[0]:
        os.kill(child, signal.SIGKILL)
    os.close(end)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return signal.Signals(os.WTERMSIG(status)).name
    return 'raised' if os.WEXITSTATUS(status) else 'returned'

def read(path):
    with open(path, 'rb') as file:
        return file.read().decode(errors='replace')
`;

/** It ended by itself, silently, and handed this back. */
export function returned(result: unknown): RequiredAnswer {
  return { status: 200, result, stdout: '', stderr: '' };
}

/** Every attempt was refused. */
export const ALL_REFUSED = returned({});
