import { type Settings } from './settings';

/** Characters that a secret should have at the least. */
const MIN_LENGTH = 12;

/** Names of the secrets that an operator has made up and that are easy to guess; never the secrets themselves. */
export function shortSecrets({ adminPassword, metricsToken }: Settings): string[] {
  const secrets = { ADMIN_PASSWORD: adminPassword, METRICS_TOKEN: metricsToken };
  return Object.entries(secrets).flatMap(([name, secret]) =>
    secret !== null && secret.length < MIN_LENGTH ? [name] : [],
  );
}
