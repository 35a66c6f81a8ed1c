import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { URL } from 'node:url';
import { Redis } from 'ioredis';

const { redisServerCommand } = await import(new URL('../dist/platform/redis/redis-server.command.js', import.meta.url));

/** Counters of `INFO`, which only grow. */
const COUNTERS = {
  commands: ['total_commands_processed'],
  bytesIn: ['total_net_input_bytes'],
  bytesOut: ['total_net_output_bytes'],
  /** Seconds of the one thread that runs commands, and of all threads. */
  mainSeconds: ['used_cpu_sys_main_thread', 'used_cpu_user_main_thread'],
  cpuSeconds: ['used_cpu_sys', 'used_cpu_user', 'used_cpu_sys_children', 'used_cpu_user_children'],
};

/** A Redis server of the bench's own, with the options of the one that the service starts for itself. */
export class BenchRedis {
  #folder = mkdtempSync(join(tmpdir(), 'bench-redis-'));
  #process;
  #client;
  /** What a reading itself adds to the counters. */
  #cost = null;

  static async start() {
    const redis = new BenchRedis();
    const data = join(redis.#folder, 'data');
    mkdirSync(data);
    const { file, args } = redisServerCommand(data, redis.#socket);
    redis.#process = spawn(file, args, { stdio: 'ignore' });
    redis.#client = new Redis(redis.#socket, { retryStrategy: () => 50, maxRetriesPerRequest: null });
    redis.#client.on('error', () => undefined); // until it listens
    const [first, second] = [await redis.#read(), await redis.#read()];
    redis.#cost = difference(first, second);
    return redis;
  }

  get url() {
    return `unix://${this.#socket}`;
  }

  get client() {
    return this.#client;
  }

  /** Its counters, by the names of {@link COUNTERS}, and `calls` by command; scripts' own commands count as well. */
  async reading() {
    return this.#read();
  }

  /** What was counted from one reading to the next, without what the readings cost themselves. */
  between(before, after) {
    const counted = difference(before, after);
    for (const name of ['commands', 'bytesIn', 'bytesOut']) counted[name] -= this.#cost[name];
    counted.calls.delete('info');
    return counted;
  }

  /** Bytes that its data takes. */
  async usedBytes() {
    return Number(/^used_memory:(\d+)/m.exec(await this.#client.info('memory'))[1]);
  }

  async stop() {
    this.#client.disconnect();
    const ended = new Promise((resolve) => this.#process.once('close', resolve));
    this.#process.kill();
    await ended;
    rmSync(this.#folder, { recursive: true, force: true });
  }

  get #socket() {
    return join(this.#folder, 'redis.sock');
  }

  async #read() {
    const info = await this.#client.info('everything');
    const number = (name) => Number(new RegExp(`^${name}:([\\d.]+)`, 'm').exec(info)[1]);
    const calls = new Map();
    for (const [, name, count] of info.matchAll(/^cmdstat_(\S+):calls=(\d+)/gm)) calls.set(name, Number(count));
    const sums = Object.entries(COUNTERS).map(([key, names]) => [
      key,
      names.reduce((sum, each) => sum + number(each), 0),
    ]);
    return { ...Object.fromEntries(sums), calls };
  }
}

function difference(before, after) {
  const counted = Object.fromEntries(Object.keys(COUNTERS).map((name) => [name, after[name] - before[name]]));
  counted.calls = new Map([...after.calls].map(([name, count]) => [name, count - (before.calls.get(name) ?? 0)]));
  return counted;
}
