import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { TemporaryDirectory } from './temporary-directory';

const EC_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

/** A certificate authority that nobody knows, and a certificate of its making. */
export interface Certificates {
  readonly authority: string;
  readonly cert: string;
  readonly key: string;
}

/** @param names as openssl writes them: `DNS:host.example,IP:127.0.0.1` */
export function makeCertificates(names: string): Certificates {
  using directory = new TemporaryDirectory();
  const file = (name: string): string => join(directory.path, name);
  const request = (...options: readonly string[]): void => {
    execFileSync('openssl', ['req', '-x509', ...EC_KEY, '-days', '2', ...options], { stdio: 'pipe' });
  };
  request('-subj', '/CN=authority', '-keyout', file('ca.key'), '-out', file('ca.pem'));
  request(
    ...['-CA', file('ca.pem'), '-CAkey', file('ca.key'), '-subj', '/CN=receiver', '-addext', `subjectAltName=${names}`],
    ...['-addext', 'basicConstraints=critical,CA:false', '-keyout', file('key'), '-out', file('pem')],
  );
  const [authority = '', cert = '', key = ''] = ['ca.pem', 'pem', 'key'].map((name) =>
    readFileSync(file(name), 'utf8'),
  );
  return { authority, cert, key };
}
