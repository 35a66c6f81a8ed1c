import { Global, Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { PinoLogger } from 'nestjs-pino';
import { Settings } from '../../config/settings';
import { errorName, StartupError } from '../../domain/startup-error';
import { EmbeddedRedis } from './embedded-redis';
import { adviceFor } from './redis-advice';
import { RedisConnections } from './redis-connections';
import { RedisMetrics } from './redis.metrics';
import { SharedReadings } from './shared-readings';

/** Time the Redis that `REDIS_URL` names has to answer at start. */
const CONNECT_TIMEOUT_MS = 15_000;
/** Time an embedded one has: it reads its whole append-only file first. */
const LOAD_TIMEOUT_MS = 120_000;

const EMBEDDED_REDIS = Symbol('EmbeddedRedis');

async function startEmbedded(settings: Settings, logger: PinoLogger): Promise<EmbeddedRedis | null> {
  return settings.redisUrl === null ? EmbeddedRedis.start(settings.dataDir, logger) : null;
}

/** Connects, and waits for the server to answer. */
async function connect(
  settings: Settings,
  logger: PinoLogger,
  embedded: EmbeddedRedis | null,
): Promise<RedisConnections> {
  if (embedded !== null) return connectEmbedded(embedded, logger);
  if (settings.redisUrl === null) throw new Error('There is neither a Redis of its own nor another');
  const connections = new RedisConnections(settings.redisUrl, logger);
  if (await connections.ready(CONNECT_TIMEOUT_MS)) {
    for (const advice of await adviceFor(connections.commands).catch(() => [])) logger.warn(advice);
    return connections;
  }
  const { lastError } = connections;
  connections.close();
  const reason = lastError === null ? `no answer within ${CONNECT_TIMEOUT_MS / 1000} seconds` : errorName(lastError);
  throw new StartupError(
    `The Redis at REDIS_URL cannot be used (${reason}): check its address and password, and that it is up`,
  );
}

async function connectEmbedded(embedded: EmbeddedRedis, logger: PinoLogger): Promise<RedisConnections> {
  const connections = new RedisConnections({ socketPath: embedded.socketPath }, logger);
  try {
    const isReady = await Promise.race([connections.ready(LOAD_TIMEOUT_MS), embedded.failure()]);
    if (!isReady) throw new StartupError(`Redis did not load its data within ${LOAD_TIMEOUT_MS / 1000} seconds`);
    await embedded.supervise();
    return connections;
  } catch (error) {
    connections.close();
    await embedded.stop();
    throw error;
  }
}

/** Redis for all modules. Global, so that it is up before them and is stopped after them. */
@Global()
@Module({
  providers: [
    { provide: EMBEDDED_REDIS, inject: [Settings, PinoLogger], useFactory: startEmbedded },
    { provide: RedisConnections, inject: [Settings, PinoLogger, EMBEDDED_REDIS], useFactory: connect },
    SharedReadings,
    RedisMetrics,
  ],
  exports: [RedisConnections, SharedReadings],
})
export class RedisModule implements OnApplicationShutdown {
  constructor(
    private readonly connections: RedisConnections,
    @Inject(EMBEDDED_REDIS) private readonly embedded: EmbeddedRedis | null,
  ) {}

  async onApplicationShutdown(): Promise<void> {
    this.connections.close();
    await this.embedded?.stop();
  }
}
