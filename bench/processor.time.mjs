import { readdirSync, readFileSync } from 'node:fs';

/** USER_HZ: the unit of times in /proc is 10 ms on every architecture that Node runs on (proc(5)). */
const TICK_MS = 10;
const NS_PER_MS = 1e6;
/** Fields of /proc/PID/stat, counted from the third (proc(5)). */
const UTIME = 11;
const CUTIME = 13;

/**
 * Processor time in milliseconds since some moment, by who used it. Only differences mean something.
 * `servers` holds the fork servers by process id, with their own time and that of all programs they have run;
 * `jails` is everything that jails have used, servers and programs included, those of jails that have ended too.
 */
export function sample({ servicePid, spawnerPid }) {
  const { main, threads } = nodeThreads(servicePid);
  const reading = { main, threads, redis: 0, jails: reaped(servicePid), servers: new Map(), ...otherTimes(spawnerPid) };
  for (const child of children(servicePid)) {
    if (nameOf(child) === 'redis-server') {
      reading.redis += ownTime(child) + reaped(child);
      continue;
    }
    reading.jails += ownTime(child) + reaped(child);
    for (const server of children(child)) {
      const own = ownTime(server);
      const programs = reaped(server) + children(server).reduce((sum, pid) => sum + ownTime(pid) + reaped(pid), 0);
      reading.servers.set(server, { own, programs });
      reading.jails += own + programs;
    }
  }
  return reading;
}

/** What was used between two samples. `changes` is the starting and ending of jails, and all that those did that came or went. */
export function difference(before, after) {
  const used = { forkServers: 0, programs: 0 };
  for (const [pid, { own, programs }] of after.servers) {
    const earlier = before.servers.get(pid);
    if (earlier === undefined) continue;
    used.forkServers += own - earlier.own;
    used.programs += programs - earlier.programs;
  }
  for (const key of ['main', 'threads', 'redis', 'generator', 'spawned', 'machine'])
    used[key] = after[key] - before[key];
  used.changes = after.jails - before.jails - used.forkServers - used.programs;
  used.service = used.main + used.threads + used.redis + after.jails - before.jails;
  used.elsewhere = used.machine - used.service - used.generator - used.spawned;
  return used;
}

/** The load generator, the processes that it has started and waited for, and all processors together. */
function otherTimes(spawnerPid) {
  const { user, system } = process.cpuUsage();
  const [, ...modes] = readFileSync('/proc/stat', 'latin1').split('\n', 1)[0].split(/\s+/).map(Number);
  const [userMode, nice, systemMode, , , irq, softIrq] = modes;
  return {
    generator: (user + system) / 1000 + ticks(spawnerPid, UTIME),
    spawned: ticks(spawnerPid, CUTIME),
    machine: (userMode + nice + systemMode + irq + softIrq) * TICK_MS,
  };
}

function nodeThreads(pid) {
  const threads = readdirSync(`/proc/${pid}/task`).reduce((sum, id) => sum + threadTime(pid, id), 0);
  const main = threadTime(pid, pid);
  return { main, threads: threads - main };
}

/** The time of a process's threads; 0 when it has ended meanwhile. */
function ownTime(pid) {
  return tryTo(() => readdirSync(`/proc/${pid}/task`).reduce((sum, id) => sum + threadTime(pid, id), 0), 0);
}

/** To the nanosecond, where /proc/PID/stat rounds to ticks (the kernel's sched-stats.rst). */
function threadTime(pid, thread) {
  return Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'latin1').split(' ', 1)[0]) / NS_PER_MS;
}

/** The time of the children that a process has waited for, and of theirs. */
function reaped(pid) {
  return tryTo(() => ticks(pid, CUTIME), 0);
}

/** A time in user mode and the one in the kernel after it: a process's own, its ended threads' included, or its children's. */
function ticks(pid, first) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[first]) + Number(fields[first + 1])) * TICK_MS;
}

function children(pid) {
  return tryTo(() => readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').split(' ').filter(Boolean), []);
}

function nameOf(pid) {
  return tryTo(() => readFileSync(`/proc/${pid}/comm`, 'latin1').trim(), '');
}

function tryTo(read, otherwise) {
  try {
    return read();
  } catch {
    return otherwise;
  }
}
