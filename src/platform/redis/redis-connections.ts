import Redis, { type RedisOptions } from 'ioredis';
import { type PinoLogger } from 'nestjs-pino';
import { type RedisAddress } from '../../config/redis-address';
import { connectionOptions } from './connection-options';
import { RedisPulse } from './redis-pulse';

/** A command that has no answer after this long fails: a server that hangs is as good as gone. */
const COMMAND_TIMEOUT_MS = 5_000;
const MAX_RECONNECT_DELAY_MS = 1_000;
/** How often a server that is reading its data from disk is asked whether it is done. */
const LOADING_POLL_INTERVAL_MS = 100;

/** What a server says that is the master of our keys no more, or not yet. */
const IS_NO_MASTER = /^(MOVED|READONLY) /;
/** For ioredis: connect anew, and send the command again. */
const RECONNECT_AND_RESEND = 2;

/**
 * This process's connections to Redis: one for commands, one for subscriptions, and one for each that must block. They
 * reconnect by themselves, for ever.
 */
export class RedisConnections {
  /** For commands. With Redis away, commands fail in under a second. */
  readonly commands: Redis;
  /** For subscriptions, which come back by themselves after an outage. */
  readonly subscriber: Redis;
  /** Whether the server that {@link commands} go to hangs. */
  readonly pulse: RedisPulse;
  /** Why the last attempt to connect failed. */
  lastError: Error | null = null;
  private readonly all: Redis[] = [];
  private state: 'connecting' | 'ready' | 'away' | 'closed' = 'connecting';

  constructor(
    private readonly address: RedisAddress,
    private readonly logger: PinoLogger,
  ) {
    this.commands = this.open({
      maxRetriesPerRequest: 2,
      commandTimeout: COMMAND_TIMEOUT_MS,
      maxLoadingRetryTime: LOADING_POLL_INTERVAL_MS,
    });
    this.pulse = new RedisPulse(this.commands);
    this.commands.on('ready', () => {
      this.noteReady();
    });
    this.commands.on('close', () => {
      this.noteClosed();
    });
    this.subscriber = this.openPatient();
    hearFailedSubscriptions(this.subscriber);
  }

  /** A new connection whose commands wait as long as it takes, an outage included. */
  openPatient(): Redis {
    return this.open({ maxRetriesPerRequest: null, enableReadyCheck: false });
  }

  /** Whether commands can be sent, now or within the given time. */
  async ready(withinMs: number): Promise<boolean> {
    if (this.commands.status === 'ready') return true;
    return new Promise((resolve) => {
      const settle = (isReady: boolean): void => {
        clearTimeout(timer);
        this.commands.off('ready', onReady);
        resolve(isReady);
      };
      const onReady = (): void => {
        settle(true);
      };
      const timer = setTimeout(() => {
        settle(false);
      }, withinMs);
      this.commands.on('ready', onReady);
    });
  }

  close(): void {
    this.state = 'closed';
    this.pulse.stop();
    for (const connection of this.all) connection.disconnect();
  }

  private open(options: RedisOptions): Redis {
    const delay = (times: number): number => Math.min(100 * times, MAX_RECONNECT_DELAY_MS);
    const { address } = this;
    const all: RedisOptions = {
      ...connectionOptions(address),
      ...options,
      retryStrategy: delay,
      sentinelRetryStrategy: delay,
      reconnectOnError: (error) => IS_NO_MASTER.test(error.message) && RECONNECT_AND_RESEND,
    };
    const connection = 'url' in address ? new Redis(address.url, all) : new Redis(all);
    // Each failed attempt to reconnect is one `error`; `noteClosed` logs the outage as a whole.
    connection.on('error', (error) => {
      this.lastError = error;
    });
    this.all.push(connection);
    return connection;
  }

  private noteReady(): void {
    if (this.state === 'away') this.logger.warn('Redis is back');
    this.state = 'ready';
    this.followMaster();
  }

  /** Who only listens, or blocks, does not notice that another server is the master now. */
  private followMaster(): void {
    const master = serverOf(this.commands);
    for (const connection of this.all) {
      if (connection.status === 'ready' && serverOf(connection) !== master) connection.disconnect(true);
    }
  }

  private noteClosed(): void {
    if (this.state !== 'ready') return;
    this.state = 'away';
    this.logger.error('Redis is not reachable; executions get 503 until it is back');
  }
}

/** The other end of a connection; the same for all on a Unix socket. */
function serverOf({ stream: { remoteAddress, remotePort } }: Redis): string {
  return `${remoteAddress ?? ''} ${remotePort ?? ''}`;
}

/**
 * After an outage ioredis subscribes again by itself, and nobody hears it when that fails because the connection is closed: an
 * unhandled rejection, which would end the process.
 */
function hearFailedSubscriptions(connection: Redis): void {
  const subscribe = connection.subscribe.bind(connection) as (...channels: unknown[]) => Promise<unknown>;
  const subscribeHeard = (...channels: unknown[]): Promise<unknown> => {
    const subscribed = subscribe(...channels);
    subscribed.catch(() => undefined);
    return subscribed;
  };
  Object.assign(connection, { subscribe: subscribeHeard });
}
