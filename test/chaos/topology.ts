import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from '../support/eventually';
import { Service } from '../support/service';
import { type Journal } from './journal';
import { Member } from './member';
import { RedisProcess, redisUrl } from './redis-process';
import { Remains } from './remains';

export const API_KEY = 'the-key-of-the-chaos-caller';
const READY_MS = 90_000;

/** Two instances that accept, two that run, and their Redis: real processes, each of which is started again when it ends. */
export class Topology {
  readonly apis: readonly Member<Service>[];
  readonly workers: readonly Member<Service>[];
  readonly redis: Member<RedisProcess>;
  readonly remains = new Remains();
  /** All that were ever started: their logs are theirs still. */
  private readonly started: Service[] = [];

  constructor(
    private readonly directory: string,
    private readonly settings: Readonly<Record<string, string>>,
    private readonly journal: Journal,
  ) {
    mkdirSync(this.redisDirectory);
    this.redis = new Member('redis', async () => RedisProcess.start(this.redisDirectory), journal);
    this.apis = ['api-1', 'api-2'].map((name) => this.member(name, 'api'));
    this.workers = ['worker-1', 'worker-2'].map((name) => this.member(name, 'worker'));
  }

  get members(): readonly Member<Service | RedisProcess>[] {
    return [this.redis, ...this.services];
  }

  /** Ways in which processes ended that they should not have. */
  get flaws(): string[] {
    return this.members.flatMap(({ flaws }) => flaws);
  }

  /** Resolves when all of them are up and can do their work. */
  async ready(): Promise<void> {
    await Promise.all([this.redis.up(), ...this.services.map(untilReady)]);
  }

  /** All lines of all logs. */
  get logs(): string[] {
    return this.started.flatMap(({ output }) => output.split('\n'));
  }

  /** Ends all, Redis last. */
  async stop(): Promise<void> {
    this.remains.note(this.pids);
    await Promise.all(this.services.map((member) => member.stop()));
    await this.redis.stop();
  }

  /** Process ids of those that are up. */
  get pids(): number[] {
    return this.members.flatMap(({ running }) => running?.pid ?? []);
  }

  private get services(): readonly Member<Service>[] {
    return [...this.apis, ...this.workers];
  }

  private get redisDirectory(): string {
    return join(this.directory, 'redis');
  }

  private member(name: string, role: string): Member<Service> {
    const own = { ROLE: role, DATA_DIR: join(this.directory, name), REDIS_URL: redisUrl(this.redisDirectory) };
    const environment = { ...this.settings, ...own, API_KEYS: `chaos:${API_KEY}`, TMPDIR: this.directory };
    const start = async (): Promise<Service> => {
      const service = await Service.start(environment);
      this.started.push(service);
      return service;
    };
    return new Member(name, start, this.journal);
  }
}

/** One that is being ended, or frozen, is not ready before its successor is. */
async function untilReady(member: Member<Service>): Promise<void> {
  const isReady = async (): Promise<boolean> => {
    const origin = member.isFrozen ? undefined : member.running?.origin;
    return origin !== undefined && (await fetch(`${origin}/health/ready`)).ok;
  };
  await eventually(`${member.name} is ready`, () => isReady().catch(() => false), READY_MS);
}
