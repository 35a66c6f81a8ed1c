import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { ERROR_CATALOGUE, type PublicErrorEntry } from './error-catalogue';

const ENTRIES: PublicErrorEntry[] = Object.values(ERROR_CATALOGUE);

/** The rows of the table of the service's own errors: status, sentence, `Retry-After`. */
function documentedErrors(file: string): string[] {
  const text = readFileSync(resolve(__dirname, '../..', file), 'utf8');
  return text.match(/^\| \d{3} \| `[^`]+` \| (?:\d+|–) \|/gm) ?? [];
}

function row({ status, sentence, retryAfterSeconds }: PublicErrorEntry): string {
  return `| ${status} | \`${sentence}\` | ${retryAfterSeconds ?? '–'} |`;
}

describe('ERROR_CATALOGUE', () => {
  it.each(['README.md', 'README.es.md'])('is the table of errors in %s, row by row', (file) => {
    expect(documentedErrors(file)).toEqual(ENTRIES.map(row));
  });
});
