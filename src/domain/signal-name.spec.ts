import { constants } from 'node:os';
import { signalName } from './signal-name';

describe(signalName.name, () => {
  it.each(Object.entries(constants.signals))('knows %s', (name, signal) => {
    const aliases = Object.entries(constants.signals).filter(([, number]) => number === signal);
    expect(aliases.map(([alias]) => alias)).toContain(signalName(signal));
    expect(name).toMatch(/^SIG/);
  });

  it.each([
    [34, 'SIGRTMIN'],
    [37, 'SIGRTMIN+3'],
    [64, 'SIGRTMAX'],
  ])('names the real-time signal %d', (signal, name) => {
    expect(signalName(signal)).toBe(name);
  });

  it.each([0, 32, 33, 65, -1])('has no name for %d', (signal) => {
    expect(signalName(signal)).toBeNull();
  });
});
