import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Service } from '../support/service';
import { FIRST_SEED, runRounds, say, Tally } from './campaign';
import { callAnything, expectHonestAnswer } from './contract';

const PROGRAM = readFileSync(join(__dirname, 'system_calls.py'), 'utf8');
const TIMEOUT_SECONDS = 10;
const CALLERS = 2;

/** System calls by number, with random and half-sensible arguments, from inside jobs of a service. */
export async function fuzzSystemCalls(service: Service): Promise<void> {
  const statuses = new Tally<number>();
  let calls = 0;
  const rounds = await runRounds(async (seed) => {
    const { status, json } = await callAnything(service, `SEED = ${seed}\n${PROGRAM}`, TIMEOUT_SECONDS);
    statuses.add(status);
    if (status === 200) calls += Number(json.response.result);
    await expectHonestAnswer(service);
  }, CALLERS);
  if (calls === 0) throw new Error('no system call was made');
  say(`system calls: seed ${FIRST_SEED}, ${rounds} programs (${statuses.text}), over ${calls} calls`);
}
