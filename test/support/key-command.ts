import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';

const PROGRAM = join(resolve(__dirname, '../..'), 'dist/keys.js');

/** What a command about keys came to. */
export interface CommandResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the built command about keys as a process of its own. */
export async function runKeys(
  environment: Readonly<Record<string, string>>,
  ...options: readonly string[]
): Promise<CommandResult> {
  const child = spawn(process.execPath, [PROGRAM, ...options], {
    env: { PATH: process.env.PATH, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [stdout, stderr, [exitCode]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number]>,
  ]);
  return { exitCode, stdout, stderr };
}
