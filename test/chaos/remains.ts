import { existsSync, readFileSync } from 'node:fs';
import { descendants } from '../leaks/inventory';
import { commandOf, groupsOfProcess } from '../support/jails';

/** The processes and control groups that there have been, so that it can be seen which are left. */
export class Remains {
  /** A process' id may be another's later: its start tells them apart. */
  private readonly processes = new Map<string, string>();
  private readonly groups = new Set<string>();

  /** Notes these processes and all that descend from them. */
  note(pids: readonly number[]): void {
    for (const pid of pids.flatMap(descendants)) {
      const start = startOf(pid);
      if (start === null || this.processes.has(`${pid} ${start}`)) continue;
      this.processes.set(`${pid} ${start}`, commandOf(pid));
      for (const group of groupsOfProcess(pid)) this.groups.add(group);
    }
  }

  /** What is still there of all that was noted. */
  get left(): string[] {
    const processes = [...this.processes].filter(([name]) => {
      const [pid = '', start] = name.split(' ');
      return startOf(Number(pid)) === start;
    });
    const groups = [...this.groups].filter((folder) => existsSync(folder));
    return [...processes.map(([name, command]) => `${command} ${name}`), ...groups];
  }

  get counts(): string {
    return `${this.processes.size} processes and ${this.groups.size} control groups`;
  }
}

/** When a process was started, as proc(5) has it; null when it has ended, a zombie too. */
function startOf(pid: number): string | null {
  try {
    const [state, ...fields] = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /, '')
      .split(' ');
    return state === 'Z' ? null : (fields[18] ?? null);
  } catch {
    return null;
  }
}
