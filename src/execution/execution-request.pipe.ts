import { isUtf8 } from 'node:buffer';
import { Injectable, type PipeTransform } from '@nestjs/common';
import { validateSync } from 'class-validator';
import { PublicError } from '../domain/error-catalogue';
import { DEFAULT_TIMEOUT_SECONDS, type ExecutionRequest, MAX_TIMEOUT_SECONDS } from '../domain/execution-request';
import { type InvalidPart, invalidBody, invalidMember } from '../domain/invalid-part';
import { AddressRule } from '../platform/net/address-rule';
import { ExecutePythonDto } from './execute-python.dto';
import { isHttpUri } from './http-uri';
import { type Sent } from './sent-body';

/** Most invalid members that one answer names. */
const MAX_NAMED = 20;

/** Turns the bytes of a body into a request that may be trusted. */
@Injectable()
export class ExecutionRequestPipe implements PipeTransform<Sent, ExecutionRequest> {
  constructor(private readonly addresses: AddressRule) {}

  /** @throws PublicError `invalidRequest`, with each member that is invalid */
  transform({ body, caller: { maxTimeoutSeconds } }: Sent): ExecutionRequest {
    const members = parseObject(body);
    const dto = readDto(members);
    const errors = [
      ...invalidMembers(dto),
      ...forbiddenTimeout(dto, maxTimeoutSeconds),
      ...this.forbiddenAddress(dto),
      ...unknownMembers(members),
    ];
    if (errors.length > 0) throw new PublicError('invalidRequest', { errors: errors.slice(0, MAX_NAMED) });
    return {
      code: dto.code,
      timeoutSeconds: dto.timeout ?? Math.min(DEFAULT_TIMEOUT_SECONDS, maxTimeoutSeconds),
      ...(dto.webhook_url !== undefined && { webhookUrl: dto.webhook_url }),
      ...(dto.id !== undefined && { id: dto.id }),
    };
  }

  /** An address that is never connected to is refused at once where it is written out; a name is judged when it is resolved. */
  private forbiddenAddress({ webhook_url: url }: ExecutePythonDto): InvalidPart[] {
    if (!isHttpUri(url) || this.addresses.allowsLiteral(new URL(url))) return [];
    return [invalidMember('webhook_url', 'must not lead to an address that is not public')];
  }
}

function parseObject(body: unknown): object {
  if (!Buffer.isBuffer(body) || body.length === 0) throw invalid('is required');
  // JSON is UTF-8. Decoding would silently put U+FFFD for what is not.
  if (!isUtf8(body)) throw invalid('must be UTF-8');
  const value = parseJson(body.toString());
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalid('must be an object');
  return value;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw invalid('must be JSON', error);
  }
}

function invalid(detail: string, cause?: unknown): PublicError {
  return new PublicError('invalidRequest', { errors: [invalidBody(detail)], cause });
}

/** The known members alone: to assign `__proto__`, which validators miss as well, would give another prototype. */
function readDto(members: Partial<ExecutePythonDto>): ExecutePythonDto {
  const { code, timeout, webhook_url, id } = members;
  return Object.assign(new ExecutePythonDto(), { code, timeout, webhook_url, id });
}

function invalidMembers(dto: ExecutePythonDto): InvalidPart[] {
  return validateSync(dto, { stopAtFirstError: true }).map(({ property, constraints = {} }) =>
    invalidMember(property, Object.values(constraints).join()),
  );
}

/** What is not even a timeout has been named already. */
function forbiddenTimeout({ timeout }: ExecutePythonDto, maxTimeoutSeconds: number): InvalidPart[] {
  const isForbidden = isTimeout(timeout) && timeout > maxTimeoutSeconds;
  return isForbidden ? [invalidMember('timeout', `must be at most ${maxTimeoutSeconds} for this key`)] : [];
}

function isTimeout(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) <= MAX_TIMEOUT_SECONDS;
}

function unknownMembers(members: object): InvalidPart[] {
  const names = Object.keys(members).filter((name) => !ExecutePythonDto.MEMBERS.has(name));
  // Cut here already: there may be thousands.
  return names.slice(0, MAX_NAMED).map((name) => invalidMember(name, 'is not a member of a request'));
}
