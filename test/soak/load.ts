import { Caller } from '../support/caller';
import { Random } from '../support/random';
import { rawCall } from '../support/raw-call';
import { type Service } from '../support/service';
import { type WebhookInbox } from '../support/webhook-inbox';

/** Resolves with whether a call came to what it had to. */
type Call = () => Promise<boolean>;

const MEMORY_BOMB = 'held = []\nwhile True: held.append(bytearray(10**7))';
const FORK_BOMB = 'import os\nwhile True: os.fork()';
const FOLLOWED = 'import time\nfor n in range(10):\n  print(n, flush=True)\n  time.sleep(.1)';
const FOLLOWED_OUTPUT = Array.from({ length: 10 }, (_, number) => `${number}\n`).join('');
/** Together they take about a third of a core. */
const CALLS_PER_SECOND = 28;
const KEPT_FLAWS = 20;

/** A steady stream of calls of all kinds, each begun at its time whatever has become of those before. */
export class SteadyLoad {
  begun = 0;
  /** Calls that went wrong: all of them counted, the first ones described. */
  failed = 0;
  readonly flaws: string[] = [];
  private readonly random: Random;
  private readonly caller: Caller;
  private readonly running = new Set<Promise<void>>();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly service: Service,
    private readonly inbox: WebhookInbox,
    seed: number,
  ) {
    this.random = new Random(seed);
    this.caller = new Caller(() => service, service.apiKey);
  }

  start(): void {
    const kinds = Object.entries(this.kinds());
    const total = kinds.reduce((sum, [, [share]]) => sum + share, 0);
    const choose = (): readonly [string, Call] => {
      let left = this.random.below(total);
      const [name, [, call]] = kinds.find(([, [share]]) => (left -= share) < 0)!;
      return [name, call];
    };
    this.timer = setInterval(() => {
      const work = this.make(...choose()).finally(() => this.running.delete(work));
      this.running.add(work);
    }, 1000 / CALLS_PER_SECOND);
  }

  /** Begins no more calls, and resolves when all are over. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    await Promise.all(this.running);
  }

  private async make(kind: string, call: Call): Promise<void> {
    this.begun++;
    const flaw = await call().then(
      (isRight) => (isRight ? null : 'another answer than it should get'),
      (error: unknown) => String(error),
    );
    if (flaw !== null && ++this.failed <= KEPT_FLAWS) this.flaws.push(`${kind}: ${flaw}`);
  }

  /** What is called, and how many of a thousand calls are of each kind. */
  private kinds(): Readonly<Record<string, readonly [share: number, call: Call]>> {
    return {
      print: [400, this.answers(200, 'print("short")')],
      numpy: [100, this.answers(200, 'import numpy\nfloat(numpy.ones(1000).sum())')],
      failing: [150, this.answers(400, '1 / 0')],
      'much output': [30, this.answers(200, 'print("x" * 100_000)')],
      'children left': [30, this.answers(200, 'import os\nif os.fork() == 0:\n  os.setsid()\n  while True: pass')],
      timeout: [10, this.answers(408, 'import time\ntime.sleep(9)', 1)],
      'memory bomb': [3, this.answers(400, MEMORY_BOMB)],
      'fork bomb': [3, this.answers(400, FORK_BOMB)],
      idempotent: [50, () => this.repeat()],
      async: [94, () => this.submit()],
      webhook: [80, () => this.notify()],
      events: [20, () => this.follow()],
      cancel: [20, () => this.cancel()],
      'hung up': [10, () => this.hangUp()],
    };
  }

  private answers(status: number, code: string, timeout = 30): Call {
    return async () => (await this.service.call({ code, timeout })).status === status;
  }

  private async repeat(): Promise<boolean> {
    const call = async (key: string): Promise<string> =>
      (await this.service.call({ code: 'import os\nos.urandom(8).hex()' }, { headers: { 'idempotency-key': key } }))
        .text;
    const key = `key-${this.begun}`;
    return (await call(key)) === (await call(key));
  }

  private async submit(): Promise<boolean> {
    const record = await this.caller.untilEnded(await this.caller.accept('6 * 7'));
    return record.outcome.result === 42;
  }

  private async notify(): Promise<boolean> {
    const { status, headers } = await this.service.call({ code: '6 * 7', webhook_url: this.inbox.url });
    await this.inbox.has(1, headers.get('x-job-id')!);
    // What has been seen is not to look like a leak of this process.
    this.inbox.received.splice(0, this.inbox.received.length - 100);
    return status === 200;
  }

  private async follow(): Promise<boolean> {
    using events = this.caller.follow(await this.caller.accept(FOLLOWED));
    const record = await events.done();
    return record.status === 'succeeded' && events.text('stdout') === FOLLOWED_OUTPUT;
  }

  private async cancel(): Promise<boolean> {
    const jobId = await this.caller.accept('import time\ntime.sleep(50)');
    const { status } = await this.caller.ask(jobId, '', 'DELETE');
    const record = await this.caller.untilEnded(jobId);
    return status === 200 && record.status === 'cancelled';
  }

  private async hangUp(): Promise<boolean> {
    const socket = await rawCall(this.service, { code: 'import time\ntime.sleep(50)' });
    socket.destroy();
    return true;
  }
}
