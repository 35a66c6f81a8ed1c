import { type SerializedError } from 'pino';

/** An error as the log shows it. */
export type LoggedError = Pick<SerializedError, 'type' | 'message' | 'stack'> & { readonly code?: unknown };

/**
 * What the log shows of an error. Libraries hang more on theirs: ioredis the command that Redis refused, with its
 * arguments (its `built/DataHandler.js`), which hold programs, webhook addresses and outputs.
 */
export function serializeError({ type, message, stack, code }: SerializedError): LoggedError {
  return { type, message, stack, ...(code !== undefined && { code }) };
}
