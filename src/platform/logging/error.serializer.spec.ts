import { stdSerializers } from 'pino';
import { PrivateRedis } from '../../../test/support/private-redis';
import { serializeError } from './error.serializer';

describe(serializeError.name, () => {
  it('leaves out the command that Redis refused', async () => {
    await using redis = await PrivateRedis.start();
    const { commands } = await redis.connect();
    const error = await commands
      .call('EVAL', `return redis.error_reply('NO')`, '0', 'print("secret")')
      .catch((refusal: unknown) => refusal as Error);
    expect(error).toMatchObject({ command: { args: expect.arrayContaining(['print("secret")']) as string[] } });
    const logged = serializeError(stdSerializers.err(error as Error));
    expect(logged).toMatchObject({ type: 'ReplyError', message: expect.stringContaining('NO') as string });
    expect(JSON.stringify(logged)).not.toContain('secret');
  });

  it('keeps what says why', () => {
    const cause = new Error('below');
    const error = Object.assign(new TypeError('above', { cause }), { code: 'ENOENT' });
    const logged = serializeError(stdSerializers.err(error));
    expect(logged).toEqual({
      type: 'TypeError',
      message: 'above: below',
      stack: expect.stringContaining('caused by: Error: below') as string,
      code: 'ENOENT',
    });
  });
});
