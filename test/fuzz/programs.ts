import { type Service } from '../support/service';
import { FIRST_SEED, runRounds, say, Tally } from './campaign';
import { callAnything, expectHonestAnswer } from './contract';
import { ProgramMutator } from './mutation';
import { Random } from '../support/random';

const TIMEOUT_SECONDS = 2;
const CALLERS = 4;
const BATCH = 10;

/** Programs grown from those with known answers, from several callers at once; an honest one in each batch. */
export async function fuzzPrograms(service: Service): Promise<void> {
  const mutator = new ProgramMutator();
  const statuses = new Tally<number>();
  const rounds = await runRounds(async (seed) => {
    const { status } = await callAnything(service, mutator.grow(new Random(seed)), TIMEOUT_SECONDS);
    statuses.add(status);
    if (seed % BATCH === 0) await expectHonestAnswer(service);
  }, CALLERS);
  await expectHonestAnswer(service);
  say(`programs: seed ${FIRST_SEED}, ${rounds} programs (${statuses.text})`);
}
