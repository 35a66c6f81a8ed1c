import { errorName } from './startup-error';

describe(errorName.name, () => {
  it.each([
    ['a system call', Object.assign(new Error('getaddrinfo ENOTFOUND secret'), { code: 'ENOTFOUND' }), 'ENOTFOUND'],
    ['a process that ended', Object.assign(new Error('Command failed: secret'), { code: 1 }), 'exit code 1'],
    ['a process that was killed', Object.assign(new Error('secret'), { code: null, signal: 'SIGTERM' }), 'SIGTERM'],
    ['Redis', new Error('WRONGPASS secret'), 'WRONGPASS'],
    ['anything else', new SyntaxError('Unexpected token in secret'), 'SyntaxError'],
  ])('names an error of %s without its text', (_what, error, name) => {
    expect(errorName(error)).toBe(name);
  });
});
