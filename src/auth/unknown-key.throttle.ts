import { Injectable } from '@nestjs/common';
import { PinoLogger } from 'nestjs-pino';
import { AddressThrottle } from './address.throttle';

/** Requests with unknown keys that one address may make in a minute before it is told to wait: one a second. */
export const MAX_FAILURES = 60;

/** Counts requests with unknown keys. Callers with a known key never get here, whatever others behind the same address do. */
@Injectable()
export class UnknownKeyThrottle extends AddressThrottle {
  constructor(logger: PinoLogger) {
    logger.setContext(UnknownKeyThrottle.name);
    super(MAX_FAILURES, (address) => {
      logger.warn({ address }, 'Too many requests without a known key: the address gets 429 for a while');
    });
  }
}
