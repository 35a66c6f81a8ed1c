import { type HostileProgram } from './hostile-program';

/** Processes and threads: multiplying, hiding, and reaching for others. */
export const PROCESSES: readonly HostileProgram[] = [
  {
    name: 'kills process 1',
    program: String.raw`
import os, signal
os.kill(1, signal.SIGKILL)`,
    answer: { status: 400, error: /PermissionError: \[Errno 1\] Operation not permitted$/ },
  },
];
