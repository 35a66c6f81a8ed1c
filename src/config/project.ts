import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

/** The directory that holds package.json; the same distance from here in `src` and in `dist`. */
export const PROJECT_ROOT = resolve(__dirname, '../..');

const manifest = JSON.parse(readFileSync(resolve(PROJECT_ROOT, 'package.json'), 'utf8')) as { version: string };

/** The version in package.json. */
export const BUILD_VERSION = manifest.version;
