import { digestKey, writeDigest } from './api-key.format';
import { KeyFileFormatError, parseKeyFile } from './key-file.format';

const KEY = 'a-key-of-more-than-16';
const SECRET = `whsec_${Buffer.alloc(32, 1).toString('base64')}`;
const entry = (members: object = {}): object => ({ name: 'team-a', key: KEY, ...members });

function read(...entries: unknown[]): ReturnType<typeof parseKeyFile> {
  return parseKeyFile(JSON.stringify({ keys: entries }), [
    { name: 'known', digest: digestKey('the-known-one-of-all') },
  ]);
}

/** What a file is refused for, line by line. */
function complaints(text: string): string[] {
  try {
    parseKeyFile(text, [{ name: 'known', digest: digestKey('the-known-one-of-all') }]);
    return [];
  } catch (error) {
    if (error instanceof KeyFileFormatError) return error.message.split('\n');
    throw error;
  }
}

describe(parseKeyFile.name, () => {
  it('reads every member, and holds keys as digests only', () => {
    const terms = {
      rateLimitPerMinute: 100,
      maxQueued: 0,
      maxTimeoutSeconds: 60,
      webhookSecret: [SECRET],
      allowAsync: false,
    };
    expect(read(entry(terms)).keys).toEqual([{ name: 'team-a', digest: digestKey(KEY), ...terms }]);
  });

  it('takes a digest in place of the key', () => {
    const { keys } = read(entry({ key: `sha256=${digestKey(KEY).toUpperCase()}` }));
    expect(keys).toEqual([{ name: 'team-a', digest: digestKey(KEY) }]);
  });

  it.each([
    [{ key: writeDigest(digestKey(KEY)) }, false],
    [{ key: KEY }, true],
    [{ key: writeDigest(digestKey(KEY)), webhookSecret: [SECRET] }, true],
  ])('says whether it holds secrets: %j', (members, holdsSecrets) => {
    expect(read(entry(members)).holdsSecrets).toBe(holdsSecrets);
  });

  it('takes a file without keys', () => {
    expect(read()).toEqual({ keys: [], holdsSecrets: false });
  });

  it.each(['', '{"keys":[{', '[]', 'null', '{}', '{"keys":{}}', '{"keys":[],"more":1}', '{"keys":[],"__proto__":1}'])(
    'refuses %s as a file',
    (text) => {
      expect(complaints(text)).toEqual([expect.stringMatching(/^must be (JSON|an object with the member keys)/)]);
    },
  );

  it.each([
    ['no object', 'text', 'keys[1] must be an object'],
    ['an unknown member', entry({ rateLimit: 1 }), 'keys[1] must have no member but name, key, rateLimit'],
    ['no name', { key: KEY }, 'keys[1].name must be 1 to 64'],
    ['a long name', entry({ name: 'x'.repeat(65) }), 'keys[1].name must be 1 to 64'],
    ['a name with a line end', entry({ name: 'team\n' }), 'keys[1].name must be 1 to 64'],
    ['a name that is known', entry({ name: 'known' }), 'keys[1].name must not be that of another key'],
    ['a name twice', entry({ name: 'first' }), 'keys[1].name must not be that of another key'],
    ['no key', { name: 'x' }, 'keys[1].key must be at least 16'],
    ['a short key', entry({ key: 'fifteen-letters' }), 'keys[1].key must be at least 16'],
    ['a key with a space', entry({ key: 'sixteen letters!' }), 'keys[1].key must be at least 16'],
    ['a short digest', entry({ key: 'sha256=abcdefabcdefabcdef' }), 'keys[1].key must be at least 16'],
    ['a key that is known', entry({ key: 'the-known-one-of-all' }), "keys[1].key must not be another's too"],
    [
      'a key twice',
      entry({ key: writeDigest(digestKey('the-key-of-the-first')) }),
      "keys[1].key must not be another's",
    ],
    ['a rate in a string', entry({ rateLimitPerMinute: '1' }), 'keys[1].rateLimitPerMinute must be a whole number'],
    ['a rate of null', entry({ rateLimitPerMinute: null }), 'keys[1].rateLimitPerMinute must be a whole number'],
    ['a rate below 0', entry({ rateLimitPerMinute: -1 }), 'keys[1].rateLimitPerMinute must be a whole number from 0'],
    ['half a job', entry({ maxQueued: 0.5 }), 'keys[1].maxQueued must be a whole number from 0 to 1000000'],
    ['no time', entry({ maxTimeoutSeconds: 0 }), 'keys[1].maxTimeoutSeconds must be a whole number from 1 to 300'],
    [
      'too much time',
      entry({ maxTimeoutSeconds: 301 }),
      'keys[1].maxTimeoutSeconds must be a whole number from 1 to 300',
    ],
    ['one secret', entry({ webhookSecret: SECRET }), 'keys[1].webhookSecret must be a list of one or more whsec_'],
    ['no secrets', entry({ webhookSecret: [] }), 'keys[1].webhookSecret must be a list'],
    ['a bad secret', entry({ webhookSecret: [SECRET, 'whsec_'] }), 'keys[1].webhookSecret must be a list'],
    ['a number for yes', entry({ allowAsync: 1 }), 'keys[1].allowAsync must be true or false'],
  ])('refuses an entry with %s', (_what, wrong, complaint) => {
    const text = JSON.stringify({ keys: [{ name: 'first', key: 'the-key-of-the-first' }, wrong] });
    expect(complaints(text)).toEqual([expect.stringContaining(complaint)]);
  });

  it('names everything that is wrong, twenty at most, and repeats no value', () => {
    const wrong = { name: 'hunter 2', key: 'hunter2', webhookSecret: ['whsec_hunter2'] };
    expect(complaints(JSON.stringify({ keys: [wrong] }))).toEqual([
      expect.stringContaining('keys[0].name'),
      expect.stringContaining('keys[0].key'),
      expect.stringContaining('keys[0].webhookSecret'),
    ]);
    const many = complaints(JSON.stringify({ keys: Array(50).fill({ ...wrong, hunter2: 1 }) }));
    expect(many).toHaveLength(20);
    expect([...many, ...complaints('{"keys": hunter2')].join()).not.toContain('hunter');
  });
});
