import { PinoLogger } from 'nestjs-pino';

/** A logger that says nothing. */
export function silentLogger(): PinoLogger {
  return new PinoLogger({ pinoHttp: { level: 'silent' } });
}
