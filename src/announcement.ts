import { type AddressInfo } from 'node:net';
import { type Server } from 'node:http';
import { type INestApplication } from '@nestjs/common';
import { GENERATED_KEY } from './auth/auth.module';
import { type GeneratedKey } from './auth/generated-key';
import { type Settings } from './config/settings';

/** Tells whoever started the service where it listens and how to call it. A generated key is shown once, when it is new. */
export function announce(app: INestApplication, settings: Settings): void {
  const address = (app.getHttpServer() as Server).address() as AddressInfo;
  const lines = [`Listening on ${originOf(address, settings.host)}`];
  if (settings.role !== 'worker') {
    const generated = app.get<GeneratedKey | null>(GENERATED_KEY, { strict: false });
    lines.push(...describeUse(originOf(address, callableHost(settings.host)), generated));
  }
  process.stdout.write(`${lines.join('\n')}\n`);
}

function describeUse(origin: string, generated: GeneratedKey | null): string[] {
  const key = generated === null ? 'YOUR_API_KEY' : generated.isNew ? generated.key : `$(cat '${generated.file}')`;
  const shown =
    generated?.isNew === true ? [`API key, shown this once and kept in ${generated.file}: ${generated.key}`] : [];
  const body = `{"code": "print(\\"Hello\\")"}`;
  return [
    ...shown,
    'Try it:',
    `  curl ${origin}/v1/code/execute/python -H "x-api-key: ${key}" -H 'content-type: application/json' -d '${body}'`,
  ];
}

function originOf(address: AddressInfo, host: string): string {
  return `http://${host.includes(':') ? `[${host}]` : host}:${address.port}`;
}

/** The wildcard addresses listen everywhere but cannot be called. */
function callableHost(host: string): string {
  return host === '0.0.0.0' || host === '::' ? 'localhost' : host;
}
