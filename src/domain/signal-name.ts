// Linux numbers them alike on x86 and ARM, the only machines the service runs on.
const SIGNAL_NAMES = (
  'SIGHUP SIGINT SIGQUIT SIGILL SIGTRAP SIGABRT SIGBUS SIGFPE SIGKILL SIGUSR1 SIGSEGV SIGUSR2 SIGPIPE SIGALRM SIGTERM ' +
  'SIGSTKFLT SIGCHLD SIGCONT SIGSTOP SIGTSTP SIGTTIN SIGTTOU SIGURG SIGXCPU SIGXFSZ SIGVTALRM SIGPROF SIGWINCH SIGIO ' +
  'SIGPWR SIGSYS'
).split(' ');

// glibc keeps 32 and 33 for itself and hands programs the rest, as Python's `signal.SIGRTMIN` does.
const REAL_TIME_MIN = 34;
const REAL_TIME_MAX = 64;

/** The name of a Linux signal, `SIGRTMIN+3` for a real-time one, or null where there is none. */
export function signalName(signal: number): string | null {
  if (signal === REAL_TIME_MIN) return 'SIGRTMIN';
  if (signal === REAL_TIME_MAX) return 'SIGRTMAX';
  if (signal > REAL_TIME_MIN && signal < REAL_TIME_MAX) return `SIGRTMIN+${signal - REAL_TIME_MIN}`;
  return SIGNAL_NAMES[signal - 1] ?? null;
}
