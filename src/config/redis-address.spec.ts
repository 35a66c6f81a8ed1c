import { parseRedisAddress } from './redis-address';

const plain = { isSecure: false };

describe(parseRedisAddress.name, () => {
  it.each(['redis://localhost:6379/1', 'rediss://user:secret@host'])('leaves %s to ioredis', (url) => {
    expect(parseRedisAddress(url)).toEqual({ url });
  });

  it('takes the path of unix:///run/my%20redis.sock', () => {
    expect(parseRedisAddress('unix:///run/my%20redis.sock')).toEqual({ socketPath: '/run/my redis.sock' });
  });

  it.each([
    [
      'redis+sentinel://one:1,two/main',
      {
        sentinels: [
          { host: 'one', port: 1 },
          { host: 'two', port: 26379 },
        ],
        masterName: 'main',
        database: 0,
        ...plain,
      },
    ],
    [
      'rediss+sentinel://user:p%40ss@[::1]:26380/my-master.1/3?sentinelPassword=s%2Ft',
      {
        ...{ sentinels: [{ host: '::1', port: 26380 }], masterName: 'my-master.1', database: 3 },
        ...{ username: 'user', password: 'p@ss', sentinelPassword: 's/t', isSecure: true },
      },
    ],
  ])('reads sentinels: %s', (text, address) => {
    expect(parseRedisAddress(text)).toEqual(address);
  });

  it.each([
    [
      'redis+cluster://one,10.0.0.1:80',
      {
        nodes: [
          { host: 'one', port: 6379 },
          { host: '10.0.0.1', port: 80 },
        ],
        ...plain,
      },
    ],
    ['rediss+cluster://:a:b@one', { nodes: [{ host: 'one', port: 6379 }], password: 'a:b', isSecure: true }],
  ])('reads nodes of a cluster: %s', (text, address) => {
    expect(parseRedisAddress(text)).toEqual(address);
  });

  it.each([
    ...['', 'redis://', 'unix://run/x', 'unix:///%ff', 'http://host', 'redis+sentinel://one', 'redis+sentinel:///main'],
    ...[
      'redis+cluster://one/main',
      'redis+cluster://one,,two',
      'redis+cluster://one:port',
      'redis+cluster://one:99999',
    ],
    ...['redis+cluster://%ff@one', 'redis+sentinel://one/main?password=x', 'redis+cluster://one?sentinelPassword=x'],
  ])('takes nothing else: %j', (text) => {
    expect(parseRedisAddress(text)).toBeUndefined();
  });
});
