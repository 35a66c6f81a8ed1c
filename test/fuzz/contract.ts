import { type Answer, type Service } from '../support/service';
import { within } from '../support/within';

const ENVELOPE =
  'endpoint code id job_id response message pid queue_id run_time queue_time total_time queue_length build_number';
const MEMBERS: Readonly<Record<number, string | undefined>> = {
  200: ENVELOPE,
  400: 'error stdout exit_code',
  408: 'error',
};
const RESPONSE = 'result stdout stderr exit_code';
/** Beyond a program's own time: a jail may have to be started for it, on a busy machine. */
const PATIENCE_SECONDS = 30;

/**
 * Sends a program that may do and be anything.
 * @throws Error unless it is answered in time, as one that ended well, failed or took too long, member for member
 */
export async function callAnything(service: Service, code: string, timeout: number): Promise<Answer> {
  const answer = await within(timeout + PATIENCE_SECONDS, 'an answer', service.call({ code, timeout }));
  const { status, json, text } = answer;
  const members = (value: unknown): string => Object.keys(value as object).join(' ');
  const isComplete =
    members(json) === MEMBERS[status] &&
    (status !== 200 || members(json.response) === RESPONSE) &&
    json.exit_code === (status === 400 ? 400 : undefined);
  if (!isComplete) throw new Error(`answered ${status} ${text.slice(0, 1000)}`);
  return answer;
}

/** @throws Error unless an honest program is answered right, whatever came before it */
export async function expectHonestAnswer(service: Service): Promise<void> {
  const { status, json, text } = await within(
    PATIENCE_SECONDS,
    'an honest program',
    service.run('import os\nprint("honest")\nreturn [sum(range(10)), os.listdir("/tmp")]'),
  );
  const expected = '{"result":[45,[]],"stdout":"honest\\n","stderr":"","exit_code":0}';
  if (status !== 200 || JSON.stringify(json.response) !== expected) throw new Error(`an honest program: ${text}`);
}
