import { EmbeddedRedis } from '../../src/platform/redis/embedded-redis';
import { RedisConnections } from '../../src/platform/redis/redis-connections';
import { silentLogger } from './silent-logger';
import { TemporaryDirectory } from './temporary-directory';

/** A real Redis server of a test's own, gone when `await using` ends its scope. */
export class PrivateRedis implements AsyncDisposable {
  private readonly opened: RedisConnections[] = [];

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

  async [Symbol.asyncDispose](): Promise<void> {
    for (const connections of this.opened) connections.close();
    await this.server.stop();
    this.directory[Symbol.dispose]();
  }
}
