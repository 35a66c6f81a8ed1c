import { type IncomingMessage, request } from 'node:http';
import { eventually } from './eventually';
import { JobEvents } from './job-events';
import { type Answer, type Service } from './service';

/** Somebody with a key who submits programs, does not wait for them, and asks for what became of them. */
export class Caller {
  constructor(
    /** Whom it asks: may be another instance each time. */
    private readonly service: () => Service,
    readonly key: string,
  ) {}

  /** Submits a program. Returns the id of its job. */
  async accept(code: string, timeout = 60): Promise<string> {
    const headers = { 'x-api-key': this.key, prefer: 'respond-async' };
    const { status, json } = await this.service().call({ code, timeout }, { headers });
    expect(status).toBe(202);
    return json.job_id as string;
  }

  async ask(jobId: string, part: '' | '/events' = '', method = 'GET'): Promise<Answer> {
    const path = `/v1/jobs/${jobId}${part}`;
    return this.service().call(undefined, { path, method, headers: { 'x-api-key': this.key } });
  }

  async recordOf(jobId: string): Promise<Answer['json']> {
    return (await this.ask(jobId)).json;
  }

  async untilEnded(jobId: string): Promise<Answer['json']> {
    await eventually('the job has ended', async () => (await this.recordOf(jobId)).finished_at !== null, 20_000);
    return this.recordOf(jobId);
  }

  /** Follows a job. @param lastEventId what has been had of it already */
  follow(jobId: string, lastEventId: string | null = null): JobEvents {
    return new JobEvents(async (headers, signal) => {
      headers.set('x-api-key', this.key);
      return fetch(`${this.service().origin}/v1/jobs/${jobId}/events`, { headers, signal });
    }, lastEventId);
  }

  /** Asks for a job's events and takes nothing of the answer but its headers. */
  async followWithoutReading(jobId: string): Promise<IncomingMessage> {
    const { hostname, port } = new URL(this.service().origin);
    const options = { hostname, port, path: `/v1/jobs/${jobId}/events`, headers: { 'x-api-key': this.key } };
    return new Promise((resolve, reject) => {
      const sent = request({ ...options, agent: false })
        .on('error', reject)
        .end();
      sent.on('response', (response) => {
        response.socket.pause();
        resolve(response);
      });
    });
  }
}
