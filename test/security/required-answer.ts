import { type HostileProgram, type RequiredAnswer } from './hostile-program';
import { type Answer } from '../support/service';

/** Fails when an answer is none of those that a row of the table allows, and shows what is wrong with it. */
export function expectAnswer(answer: Answer, required: HostileProgram['answer']): void {
  const choices = Array.isArray(required) ? (required as RequiredAnswer[]) : [required as RequiredAnswer];
  const found = choices.find((choice) => matches(answer, choice)) ?? choices[0]!;
  expect(shown(answer)).toEqual(wanted(answer, found));
}

/** What of an answer a table's row speaks of. */
function shown({ status, json }: Answer): Record<string, unknown> {
  const body = json as Record<string, unknown>;
  return { status, ...(status === 200 ? (body.response as object) : body) };
}

function matches(answer: Answer, required: RequiredAnswer): boolean {
  const actual = shown(answer);
  return Object.entries(required).every(([member, value]) => meets(actual[member], value));
}

/** The same answer with each member that does not meet its requirement replaced by the requirement. */
function wanted(answer: Answer, required: RequiredAnswer): Record<string, unknown> {
  const actual = shown(answer);
  const members = Object.entries(required as Record<string, unknown>);
  return {
    ...actual,
    ...Object.fromEntries(
      members.map(([member, value]) => [member, meets(actual[member], value) ? actual[member] : value]),
    ),
  };
}

function meets(actual: unknown, required: unknown): boolean {
  if (required instanceof RegExp) return required.test(typeof actual === 'string' ? actual : JSON.stringify(actual));
  return JSON.stringify(actual) === JSON.stringify(required);
}
