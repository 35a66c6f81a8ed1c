import { type Answer, type Service } from './service';

/**
 * What a load balancer does for callers: it sends each request to the next instance, and to another one only where nothing can
 * have been done: the connection was refused, or the answer is a 503 that says when to come back. An instance that said so gets
 * nothing more. Connections are kept open.
 */
export class Balancer {
  private turn = 0;
  private readonly setAside = new Set<Service>();

  constructor(
    readonly instances: Service[],
    private readonly headers: Readonly<Record<string, string>>,
  ) {}

  /** @throws Error when a request was lost */
  async run(code: string): Promise<Answer> {
    for (;;) {
      const instance = this.next();
      const answer = await instance.call({ code }, { headers: this.headers }).catch((error: unknown) => {
        if (isRefused(error)) return null;
        throw error;
      });
      if (answer !== null && (answer.status !== 503 || !answer.headers.has('retry-after'))) return answer;
      this.setAside.add(instance);
    }
  }

  private next(): Service {
    const usable = this.instances.filter((instance) => !this.setAside.has(instance));
    const instance = usable[this.turn++ % usable.length];
    if (instance === undefined) throw new Error('No instance takes requests');
    return instance;
  }
}

function isRefused(error: unknown): boolean {
  const { cause } = error as { cause?: NodeJS.ErrnoException };
  return cause?.code === 'ECONNREFUSED';
}
