import fc from 'fast-check';
import { sampleCaller } from '../../test/support/sample-caller';
import { PublicError } from '../domain/error-catalogue';
import { AddressRule } from '../platform/net/address-rule';
import { ExecutionRequestPipe } from './execution-request.pipe';

const pipe = new ExecutionRequestPipe(new AddressRule([]));
const read = (text: string | Buffer, caller = sampleCaller()): unknown =>
  pipe.transform({ body: Buffer.from(text), caller });
const INVALID = expect.objectContaining({ code: 'invalidRequest' }) as PublicError;

/** What a body is refused for; null when it is not. */
function errorsOf(body: Buffer | string | undefined, caller = sampleCaller()): PublicError['errors'] | null {
  try {
    pipe.transform({ body: typeof body === 'string' ? Buffer.from(body) : body, caller });
    return null;
  } catch (error) {
    if (!(error instanceof PublicError) || error.code !== 'invalidRequest') throw error;
    return error.errors;
  }
}

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

  it('gives less than 30 seconds where a key may have no more', () => {
    expect(read('{"code":""}', sampleCaller({ maxTimeoutSeconds: 5 }))).toMatchObject({ timeoutSeconds: 5 });
  });

  it("holds a timeout to the key's longest, and says it", () => {
    const caller = sampleCaller({ maxTimeoutSeconds: 60 });
    expect(read('{"code":"","timeout":60}', caller)).toMatchObject({ timeoutSeconds: 60 });
    expect(errorsOf('{"code":"","timeout":61}', caller)).toEqual([
      { member: 'timeout', pointer: '#/timeout', detail: 'must be at most 60 for this key' },
    ]);
    expect(errorsOf('{"code":"","timeout":301}', caller)).toEqual([
      { member: 'timeout', pointer: '#/timeout', detail: 'must be a whole number from 1 to 300' },
    ]);
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
    expect(() => pipe.transform({ body: undefined, caller: sampleCaller() })).toThrow(INVALID);
  });

  it('refuses deep nesting and thousands of members like anything else', () => {
    expect(() => read(`{"code":${'['.repeat(100_000)}${']'.repeat(100_000)}}`)).toThrow(INVALID);
    const members = Array.from({ length: 20_000 }, (_, index) => [`m${index}`, 0]);
    expect(() => read(JSON.stringify(Object.fromEntries(members)))).toThrow(INVALID);
  });

  describe('what it says is invalid', () => {
    const SECONDS = 'must be a whole number from 1 to 300';

    it.each([
      ['{}', 'code', 'is required'],
      ['{"code":null}', 'code', 'must be a string'],
      ['{"code":1}', 'code', 'must be a string'],
      ['{"code":"","timeout":0}', 'timeout', SECONDS],
      ['{"code":"","timeout":301}', 'timeout', SECONDS],
      ['{"code":"","timeout":1.5}', 'timeout', SECONDS],
      ['{"code":"","timeout":"10"}', 'timeout', SECONDS],
      ['{"code":"","timeout":null}', 'timeout', SECONDS],
      ['{"code":"","webhook_url":"ftp://a"}', 'webhook_url', 'must be an absolute http or https URI'],
      ['{"code":"","webhook_url":null}', 'webhook_url', 'must be an absolute http or https URI'],
      ['{"code":"","id":7}', 'id', 'must be a string'],
      ['{"code":"","language":"python"}', 'language', 'is not a member of a request'],
      ['{"code":"","__proto__":{"timeout":0}}', '__proto__', 'is not a member of a request'],
      ['{"code":"","constructor":1}', 'constructor', 'is not a member of a request'],
    ])('names the one member of %s', (body, member, detail) => {
      expect(errorsOf(body)).toEqual([{ member, pointer: `#/${member}`, detail }]);
    });

    it('names each of them once, those that it knows first', () => {
      const errors = errorsOf('{"a/b":1,"id":null,"webhook_url":1,"timeout":"x","code":null,"code2":1}');
      expect(errors?.map((error) => 'pointer' in error && error.pointer)).toEqual([
        '#/code',
        '#/timeout',
        '#/webhook_url',
        '#/id',
        '#/a~1b',
        '#/code2',
      ]);
    });

    it.each([
      [undefined, 'is required'],
      [Buffer.from([0x22, 0xff, 0x22]), 'must be UTF-8'],
      ['', 'is required'],
      [' ', 'must be JSON'],
      ['print("a secret")', 'must be JSON'],
      ['['.repeat(100_000), 'must be JSON'],
      ['"text"', 'must be an object'],
      ['null', 'must be an object'],
      [`${'['.repeat(100_000)}${']'.repeat(100_000)}`, 'must be an object'],
    ])('says of a body that is no object what it must be', (body, detail) => {
      expect(errorsOf(body)).toEqual([{ pointer: '#', detail }]);
    });

    it('names twenty of thousands, and the beginning of a long name', () => {
      const members = Array.from({ length: 20_000 }, (_, index) => [`${index}${'x'.repeat(50)}`, 0]);
      expect(errorsOf(JSON.stringify(Object.fromEntries(members)))).toHaveLength(20);
      expect(errorsOf(JSON.stringify({ code: '', ['/'.repeat(1_000_000)]: 1 }))).toEqual([
        { member: '/'.repeat(100), pointer: `#/${'~1'.repeat(100)}`, detail: 'is not a member of a request' },
      ]);
    });
  });

  describe('whatever arrives', () => {
    // Lone surrogates, too: they have no UTF-8 form.
    const text = fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code)) });
    const name = fc.oneof(
      fc.constantFrom('code', 'timeout', 'webhook_url', 'id', '__proto__', 'constructor', 'toString', 'hasOwnProperty'),
      text,
    );
    const value = fc.oneof(fc.jsonValue({ maxDepth: 3 }), text, fc.webUrl(), fc.integer(), fc.double());
    const members = fc.array(fc.tuple(name, value), { maxLength: 40 });
    // By hand: an object would not keep a name that comes twice, nor `__proto__`.
    const objects = members.map((pairs) =>
      Buffer.from(`{${pairs.map(([key, member]) => `${JSON.stringify(key)}:${JSON.stringify(member)}`).join()}}`),
    );
    const bodies = fc.oneof(
      objects,
      fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
      fc.json().map((text) => Buffer.from(text)),
      fc.tuple(objects, fc.nat(), fc.integer({ min: 0, max: 255 })).map(([body, at, byte]) => {
        body[at % body.length] = byte;
        return body;
      }),
    );

    it('gives a request or says in a few kilobytes what is invalid', () => {
      fc.assert(
        fc.property(bodies, (body) => {
          const errors = errorsOf(body);
          if (errors === null) return;
          expect(errors?.length).toBeGreaterThan(0);
          expect(errors?.length).toBeLessThanOrEqual(20);
          expect(JSON.stringify(errors).length).toBeLessThan(20 * 2_000);
        }),
        { numRuns: 1_000 },
      );
    });
  });
});
