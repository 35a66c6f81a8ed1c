import { type PublicError } from '../domain/error-catalogue';
import { ExecutionRequestPipe } from './execution-request.pipe';

const pipe = new ExecutionRequestPipe();
const read = (text: string | Buffer): unknown => pipe.transform(Buffer.from(text));
const INVALID = expect.objectContaining({ code: 'invalidRequest' }) as PublicError;

describe(ExecutionRequestPipe.name, () => {
  it('reads every member', () => {
    const body = { code: 'print(1)', timeout: 10, webhook_url: 'https://example.com/webhook', id: 'mine' };
    expect(read(JSON.stringify(body))).toEqual({
      code: 'print(1)',
      timeoutSeconds: 10,
      webhookUrl: 'https://example.com/webhook',
      id: 'mine',
    });
  });

  it('gives 30 seconds where none are asked for', () => {
    expect(read('{"code":""}')).toEqual({ code: '', timeoutSeconds: 30 });
  });

  it.each(['1', '300', '10.0', '1e1'])('takes the timeout %s', (timeout) => {
    expect(read(`{"code":"","timeout":${timeout}}`)).toMatchObject({ timeoutSeconds: Number(timeout) });
  });

  it.each(['0', '301', '-1', '10.5', '1e400', '"10"', 'true', 'null', '[]', '{}'])(
    'refuses the timeout %s',
    (timeout) => {
      expect(() => read(`{"code":"","timeout":${timeout}}`)).toThrow(INVALID);
    },
  );

  it('takes code with NUL and lone surrogates, which is for Python to judge', () => {
    expect(read('{"code":"\\u0000\\ud800"}')).toMatchObject({ code: '\u0000\ud800' });
  });

  it.each([
    '{}',
    '{"code":1}',
    '{"code":null}',
    '{"code":["a"]}',
    '{"code":"","id":1}',
    '{"code":"","id":null}',
    '{"code":"","webhook_url":null}',
    '{"code":"","webhook_url":"ftp://example.com"}',
    '{"code":"","extra":1}',
    '{"code":"","Code":""}',
    '{"code":"","__proto__":{"timeout":5}}',
    '{"code":"","constructor":1}',
    '{"code":"","toString":1}',
    '{"__proto__":{"code":""}}',
  ])('refuses the members of %s', (text) => {
    expect(() => read(text)).toThrow(INVALID);
  });

  it.each([
    '',
    ' ',
    '"text"',
    '1',
    'null',
    'true',
    '[]',
    '[{"code":""}]',
    '{code:""}',
    '{"code":""',
    '\ufeff{"code":""}',
  ])('refuses the body %j', (text) => {
    expect(() => read(text)).toThrow(INVALID);
  });

  it('refuses what is not UTF-8', () => {
    expect(() => read(Buffer.from([...Buffer.from('{"code":"'), 0xff, ...Buffer.from('"}')]))).toThrow(INVALID);
  });

  it('refuses a missing body', () => {
    expect(() => pipe.transform(undefined)).toThrow(INVALID);
  });

  it('refuses deep nesting and thousands of members like anything else', () => {
    expect(() => read(`{"code":${'['.repeat(100_000)}${']'.repeat(100_000)}}`)).toThrow(INVALID);
    const members = Array.from({ length: 20_000 }, (_, index) => [`m${index}`, 0]);
    expect(() => read(JSON.stringify(Object.fromEntries(members)))).toThrow(INVALID);
  });
});
