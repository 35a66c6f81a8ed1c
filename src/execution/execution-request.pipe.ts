import { isUtf8 } from 'node:buffer';
import { Injectable, type PipeTransform } from '@nestjs/common';
import { validateSync } from 'class-validator';
import { PublicError } from '../domain/error-catalogue';
import { DEFAULT_TIMEOUT_SECONDS, type ExecutionRequest } from '../domain/execution-request';
import { ExecutePythonDto } from './execute-python.dto';

/** Turns the bytes of a body into a request that may be trusted. */
@Injectable()
export class ExecutionRequestPipe implements PipeTransform<unknown, ExecutionRequest> {
  /** @throws PublicError `invalidRequest` */
  transform(body: unknown): ExecutionRequest {
    const dto = readDto(parseJson(body));
    return {
      code: dto.code,
      timeoutSeconds: dto.timeout ?? DEFAULT_TIMEOUT_SECONDS,
      ...(dto.webhook_url !== undefined && { webhookUrl: dto.webhook_url }),
      ...(dto.id !== undefined && { id: dto.id }),
    };
  }
}

function parseJson(body: unknown): unknown {
  // JSON is UTF-8. Decoding would silently put U+FFFD for what is not.
  if (!Buffer.isBuffer(body) || !isUtf8(body)) throw new PublicError('invalidRequest');
  try {
    return JSON.parse(body.toString());
  } catch (error) {
    throw new PublicError('invalidRequest', { cause: error });
  }
}

function readDto(value: unknown): ExecutePythonDto {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new PublicError('invalidRequest');
  // Own keys, before anything is assigned: validators miss `__proto__`, `constructor` and other inherited names.
  if (!Object.keys(value).every((key) => ExecutePythonDto.MEMBERS.has(key))) throw new PublicError('invalidRequest');
  const dto = Object.assign(new ExecutePythonDto(), value);
  if (validateSync(dto, { stopAtFirstError: true }).length > 0) throw new PublicError('invalidRequest');
  return dto;
}
