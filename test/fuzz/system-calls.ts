import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Service } from '../support/service';
import { FIRST_SEED, runRounds, say } from './campaign';
import { callAnything, expectHonestAnswer } from './contract';

const PROGRAM = readFileSync(join(__dirname, 'system_calls.py'), 'utf8');
const TIMEOUT_SECONDS = 10;
const CALLERS = 2;

/** System calls by number, with random and half-sensible arguments, from inside jobs of a service. */
export async function fuzzSystemCalls(service: Service): Promise<void> {
  const endings = new Map<number, number>();
  let calls = 0;
  const rounds = await runRounds(async (seed) => {
    const { status, json } = await callAnything(service, `SEED = ${seed}\n${PROGRAM}`, TIMEOUT_SECONDS);
    endings.set(status, (endings.get(status) ?? 0) + 1);
    if (status === 200) calls += Number(json.response.result);
    await expectHonestAnswer(service);
  }, CALLERS);
  if (calls === 0) throw new Error('no system call was made');
  const counts = [...endings].map(([status, count]) => `${count} × ${status}`).join(', ');
  say(`system calls: seed ${FIRST_SEED}, ${rounds} programs (${counts}), over ${calls} calls`);
}
