import { Injectable, type LoggerService } from '@nestjs/common';
import { Logger } from 'nestjs-pino';

/** Parts of Nest that tell at every start what they have wired: of interest to those who debug the wiring only. */
const CHATTY_CONTEXTS = new Set<unknown>([
  'InstanceLoader',
  'NestApplication',
  'NestFactory',
  'RouterExplorer',
  'RoutesResolver',
]);

/** Takes what is said through Nest's own `Logger`. */
@Injectable()
export class FrameworkLogger implements LoggerService {
  constructor(private readonly logger: Logger) {}

  log(message: unknown, ...details: unknown[]): void {
    if (CHATTY_CONTEXTS.has(details.at(-1))) this.logger.debug(message, ...details);
    else this.logger.log(message, ...details);
  }

  warn(message: unknown, ...details: unknown[]): void {
    this.logger.warn(message, ...details);
  }

  error(message: unknown, ...details: unknown[]): void {
    this.logger.error(message, ...details);
  }

  fatal(message: unknown, ...details: unknown[]): void {
    this.logger.fatal(message, ...details);
  }

  debug(message: unknown, ...details: unknown[]): void {
    this.logger.debug(message, ...details);
  }

  verbose(message: unknown, ...details: unknown[]): void {
    this.logger.verbose(message, ...details);
  }
}
