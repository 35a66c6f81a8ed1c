import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import { raw, type Request, type Response } from 'express';
import { type Observable } from 'rxjs';
import { Settings } from '../config/settings';
import { PublicError } from '../domain/error-catalogue';
import { invalidBody, invalidHeader } from '../domain/invalid-part';

/** What the body parser says of a body it did not take. */
interface BodyError {
  readonly status?: number;
}

/**
 * Reads the body of a request into `request.body` as a buffer, whatever its content type. As an interceptor it runs
 * after the guards: nothing is read for a caller without a key. A body that is refused is still read off the connection,
 * so that its sender gets the answer and can use the connection again.
 */
@Injectable()
export class RawBodyInterceptor implements NestInterceptor {
  private readonly read: ReturnType<typeof raw>;

  constructor(private readonly settings: Settings) {
    this.read = raw({ type: () => true, limit: settings.maxBodyBytes });
  }

  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const http = context.switchToHttp();
    const request = http.getRequest<Request>();
    // Known before it is read: the answer need not wait for gigabytes. Node discards what still comes.
    if (Number(request.headers['content-length']) > this.settings.maxBodyBytes) throw new PublicError('bodyTooLarge');
    await this.readBody(request, http.getResponse<Response>());
    return next.handle();
  }

  private async readBody(request: Request, response: Response): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.read(request, response, (error?: BodyError) => {
        if (error === undefined) resolve();
        else reject(refusalOf(error));
      });
    });
  }
}

function refusalOf(error: BodyError): PublicError {
  if (error.status === 413) return new PublicError('bodyTooLarge', { cause: error });
  const invalid =
    error.status === 415
      ? invalidHeader('Content-Encoding', 'names an encoding that is not known')
      : invalidBody('must arrive whole, and in the encoding that Content-Encoding names');
  return new PublicError('invalidRequest', { errors: [invalid], cause: error });
}
