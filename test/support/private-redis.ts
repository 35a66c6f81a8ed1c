import { rename } from 'node:fs/promises';
import { EmbeddedRedis } from '../../src/platform/redis/embedded-redis';
import { RedisConnections } from '../../src/platform/redis/redis-connections';
import { eventually } from './eventually';
import { silentLogger } from './silent-logger';
import { TemporaryDirectory } from './temporary-directory';

/** A real Redis server of a test's own, gone when `await using` ends its scope. */
export class PrivateRedis implements AsyncDisposable {
  private readonly opened: RedisConnections[] = [];
  private frozen: number | null = null;

  private constructor(
    private readonly directory: TemporaryDirectory,
    readonly server: EmbeddedRedis,
  ) {}

  static async start(): Promise<PrivateRedis> {
    const directory = new TemporaryDirectory();
    const redis = new PrivateRedis(directory, await EmbeddedRedis.start(directory.path, silentLogger()));
    await redis.connect();
    await redis.server.supervise();
    return redis;
  }

  get url(): string {
    return `unix://${this.server.socketPath}`;
  }

  /** Connections of one more process, as it were. */
  async connect(): Promise<RedisConnections> {
    const connections = new RedisConnections({ socketPath: this.server.socketPath }, silentLogger());
    this.opened.push(connections);
    if (!(await connections.ready(10_000))) throw new Error('The Redis of the test does not answer');
    return connections;
  }

  /** Breaks all connections and refuses new ones until {@link bringBack}. Resolves when everyone has noticed. */
  async takeAway(): Promise<void> {
    const { commands } = await this.connect();
    await rename(this.server.socketPath, this.awayPath);
    await commands.client('KILL', 'TYPE', 'pubsub');
    await commands.client('KILL', 'TYPE', 'normal', 'SKIPME', 'no');
    await eventually('nobody is connected', () => this.opened.every((each) => each.commands.status !== 'ready'));
  }

  async bringBack(): Promise<void> {
    await rename(this.awayPath, this.server.socketPath);
  }

  /** Lets the server hang: it takes commands and answers none, until {@link thaw} lets it do them all. */
  async freeze(): Promise<void> {
    const info = await this.opened[0]?.commands.info('server');
    this.frozen = Number(/^process_id:(\d+)/m.exec(info ?? '')?.[1]);
    process.kill(this.frozen, 'SIGSTOP');
  }

  thaw(): void {
    if (this.frozen !== null) process.kill(this.frozen, 'SIGCONT');
    this.frozen = null;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.thaw();
    for (const connections of this.opened) connections.close();
    await this.server.stop();
    this.directory[Symbol.dispose]();
  }

  private get awayPath(): string {
    return `${this.server.socketPath}.away`;
  }
}
