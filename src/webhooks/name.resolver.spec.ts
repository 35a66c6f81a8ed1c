import { type LookupAddress } from 'node:dns';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from '../../test/support/eventually';
import { NameServer, SERVER_FAILURE, type Zone } from '../../test/support/name-server';
import { TemporaryDirectory } from '../../test/support/temporary-directory';
import { within } from '../../test/support/within';
import { NameResolver } from './name.resolver';

/** Where the machine finds every name, once it is told to answer. */
const FOUND: LookupAddress[] = [{ address: '10.0.0.1', family: 4 }];

/** A machine that keeps those who ask it waiting. */
class Machine {
  readonly asked: string[] = [];
  private readonly answers: (() => void)[] = [];

  readonly lookup = (hostname: string): Promise<LookupAddress[]> => {
    this.asked.push(hostname);
    return new Promise((resolve) =>
      this.answers.push(() => {
        resolve(FOUND);
      }),
    );
  };

  /** Answers the next name, when it is asked for. */
  async answer(): Promise<void> {
    await eventually('the machine is asked', () => this.answers.length > 0);
    this.answers.shift()?.();
  }
}

/** A resolver that asks a name server and a machine of its own. */
class Fixture implements AsyncDisposable {
  readonly machine = new Machine();
  readonly end = new AbortController();
  private readonly directory = new TemporaryDirectory();
  private readonly resolver: NameResolver;

  private constructor(
    readonly server: NameServer,
    hosts: string,
  ) {
    const hostsFile = join(this.directory.path, 'hosts');
    writeFileSync(hostsFile, hosts);
    this.resolver = new NameResolver({ servers: [server.address], hostsFile, machineLookup: this.machine.lookup });
  }

  static async start(zone: Zone, hosts = ''): Promise<Fixture> {
    return new Fixture(await NameServer.start(zone), hosts);
  }

  /** Its addresses, or the code of an error. */
  async resolve(hostname: string, signal = this.end.signal): Promise<string[] | string> {
    try {
      const found = await this.resolver.resolve(hostname, signal);
      return found.map(({ address }) => address);
    } catch (error) {
      const { code, name } = error as NodeJS.ErrnoException;
      return typeof code === 'string' ? code : name;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.end.abort();
    this.directory[Symbol.dispose]();
    await this.server[Symbol.asyncDispose]();
  }
}

describe(NameResolver.name, () => {
  it.each([
    ['both.example', ['192.0.2.1', '192.0.2.2', '2001:db8::1']],
    ['old.example', ['192.0.2.1']],
    ['new.example', ['2001:db8::1']],
    ['Old.Example.', ['192.0.2.1']],
  ])('finds all addresses of %s in the DNS, and does not bother the machine', async (name, addresses) => {
    await using fixture = await Fixture.start({
      'both.example': ['2001:db8::1', '192.0.2.1', '192.0.2.2'],
      'old.example': ['192.0.2.1'],
      'new.example': ['2001:db8::1'],
    });
    expect(await fixture.resolve(name)).toEqual(addresses);
    expect(fixture.machine.asked).toEqual([]);
  });

  it.each(['one.example', 'alias', 'capital.example.'])('asks the machine for %s in its hosts file', async (name) => {
    const hosts = '# 1.1.1.1 comment.example\n127.0.0.1\tone.example alias # comment.example\n::1 Capital.Example\n';
    await using fixture = await Fixture.start({ 'one.example': ['192.0.2.1'] }, hosts);
    const resolved = fixture.resolve(name);
    await fixture.machine.answer();
    expect(await resolved).toEqual(['10.0.0.1']);
    expect(fixture.server.asked).toEqual([]);
  });

  it.each(['comment.example', '127.example', 'example'])('does not take %s for one in there', async (name) => {
    const hosts = '127.0.0.1 one.example # comment.example\n127.example other\n';
    await using fixture = await Fixture.start({ [name]: ['192.0.2.1'] }, hosts);
    expect(await fixture.resolve(name)).toEqual(['192.0.2.1']);
  });

  it.each(['unknown.example', 'empty.example'])('asks the machine for %s, which the DNS has not', async (name) => {
    await using fixture = await Fixture.start({ 'empty.example': [] });
    const resolved = fixture.resolve(name);
    await fixture.machine.answer();
    expect(await resolved).toEqual(['10.0.0.1']);
    expect(fixture.server.asked).toContain(name);
  });

  it('asks the machine for one name at a time, and holds up no other by it', async () => {
    await using fixture = await Fixture.start({ 'known.example': ['192.0.2.1'] });
    const first = fixture.resolve('first.example');
    await eventually('the machine is asked', () => fixture.machine.asked.length === 1);
    const second = fixture.resolve('second.example');
    expect(await fixture.resolve('known.example')).toEqual(['192.0.2.1']);
    expect(fixture.machine.asked).toEqual(['first.example']);
    await fixture.machine.answer();
    await fixture.machine.answer();
    expect(await Promise.all([first, second])).toEqual([['10.0.0.1'], ['10.0.0.1']]);
  });

  it('does not ask the machine for what nobody waits for any more', async () => {
    await using fixture = await Fixture.start({});
    const impatient = new AbortController();
    const given = [fixture.resolve('first.example', impatient.signal)];
    await eventually('the machine is asked', () => fixture.machine.asked.length === 1);
    given.push(fixture.resolve('second.example', impatient.signal));
    await eventually(
      'the second waits',
      () => fixture.server.asked.filter((name) => name === 'second.example').length === 2,
    );
    const third = fixture.resolve('third.example');
    impatient.abort();
    expect(await Promise.all(given)).toEqual(['AbortError', 'AbortError']);
    await fixture.machine.answer();
    await fixture.machine.answer();
    expect(await third).toEqual(['10.0.0.1']);
    expect(fixture.machine.asked).toEqual(['first.example', 'third.example']);
  });

  it('tells what a name server could not find out, and asks nobody else', async () => {
    await using fixture = await Fixture.start({ 'broken.example': SERVER_FAILURE });
    expect(await fixture.resolve('broken.example')).toBe('ESERVFAIL');
    expect(fixture.machine.asked).toEqual([]);
  });

  it('is not held up by names that no server answers for, and gives them up when told to', async () => {
    const silent = Array.from({ length: 50 }, (_, index) => `silent${index}.example`);
    await using fixture = await Fixture.start({
      ...Object.fromEntries(silent.map((name) => [name, 'silence'] as const)),
      'known.example': ['192.0.2.1'],
    });
    const impatient = new AbortController();
    const given = silent.map((name) => fixture.resolve(name, impatient.signal));
    await eventually('they are asked for', () => fixture.server.asked.length >= 2 * silent.length);
    expect(await fixture.resolve('known.example')).toEqual(['192.0.2.1']);
    impatient.abort();
    // Sooner than by themselves.
    const settled = await within(5, 'they are given up', Promise.all(given));
    expect(new Set(settled)).toEqual(new Set(['AbortError']));
  });
});
