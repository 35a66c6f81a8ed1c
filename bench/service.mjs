import { Buffer } from 'node:buffer';
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { URL } from 'node:url';

const MAIN = join(import.meta.dirname, '../dist/main.js');
const START_TIMEOUT_MS = 60_000;
const START_POLL_MS = 50;

/** The built service as a process of its own: default settings but for those given, a free port, a data directory. */
export class Service {
  #dataDir = mkdtempSync(join(tmpdir(), 'bench-'));
  #log = join(this.#dataDir, 'service.log');
  #process;
  #ended;
  #agent = new Agent({ keepAlive: true });
  #url;
  #headers;
  #encoded = new Map();

  constructor(settings) {
    // Its log goes to a file: reading it through a pipe would be work for the load generator.
    const log = openSync(this.#log, 'w');
    this.#process = spawn(process.execPath, [MAIN], {
      env: { PATH: process.env.PATH, PORT: '0', HOST: '127.0.0.1', DATA_DIR: this.#dataDir, ...settings },
      stdio: ['ignore', log, log],
    });
    this.#ended = new Promise((resolve) => this.#process.once('close', resolve));
  }

  /** Starts a service and waits until it listens. */
  static async start(settings = {}) {
    const service = new Service(settings);
    try {
      await service.#listening();
      return service;
    } catch (error) {
      await service.stop();
      throw error;
    }
  }

  get pid() {
    return this.#process.pid;
  }

  /** Runs a program and gives its job's id. Rejects when the answer is not the one that its output makes right. */
  async run(program) {
    const { request, expected } = this.#encode(program);
    const { status, body, jobId } = await this.#post(request);
    // Compared as bytes: to decode and parse a megabyte would cost the load generator as much as to receive it.
    const position = body.indexOf('"stdout":');
    if (status !== 200 || !body.subarray(position, position + expected.length).equals(expected)) {
      throw new Error(`The service answered ${status}: ${body.toString('utf8', 0, 500)}`);
    }
    return jobId;
  }

  /** Runs a program, whatever comes of it. */
  async attempt(code, timeout) {
    await this.#post(Buffer.from(JSON.stringify({ code, timeout })));
  }

  /** Runs a program for a key of `API_KEYS`, whatever comes of it. */
  async send(code, key) {
    return this.#post(Buffer.from(JSON.stringify({ code })), { 'x-api-key': key });
  }

  /** Has a program queued, and does not wait for its end. Rejects when it is not accepted. */
  async submit(code) {
    const { status, body } = await this.#post(Buffer.from(JSON.stringify({ code })), { prefer: 'respond-async' });
    if (status !== 202) throw new Error(`The service answered ${status}: ${body.toString('utf8', 0, 500)}`);
  }

  async stop() {
    this.#agent.destroy();
    this.#process.kill();
    await this.#ended;
    rmSync(this.#dataDir, { recursive: true, force: true });
  }

  #encode(program) {
    let encoded = this.#encoded.get(program);
    if (encoded === undefined) {
      const { code, output } = program;
      const expected = Buffer.from(`"stdout":${JSON.stringify(output)},`);
      encoded = { request: Buffer.from(JSON.stringify({ code })), expected };
      this.#encoded.set(program, encoded);
    }
    return encoded;
  }

  #post(body, moreHeaders = {}) {
    return new Promise((resolve, reject) => {
      const headers = { ...this.#headers, ...moreHeaders, 'content-length': body.length };
      const call = request(this.#url, { agent: this.#agent, method: 'POST', headers }, (response) => {
        const chunks = [];
        response.on('data', (chunk) => chunks.push(chunk));
        response.on('end', () =>
          resolve({
            status: response.statusCode,
            retryAfter: response.headers['retry-after'],
            jobId: response.headers['x-job-id'],
            body: Buffer.concat(chunks),
          }),
        );
        response.on('error', reject);
      });
      call.on('error', reject);
      call.end(body);
    });
  }

  async #listening() {
    for (let waited = 0; this.#url === undefined; waited += START_POLL_MS) {
      const log = readFileSync(this.#log, 'utf8');
      if (this.#process.exitCode !== null || waited > START_TIMEOUT_MS) throw new Error(`No service:\n${log}`);
      const origin = /^Listening on (http:\/\/\S+)$/m.exec(log)?.[1];
      if (origin !== undefined) this.#url = new URL('/v1/code/execute/python', origin);
      else await setTimeout(START_POLL_MS);
    }
    this.#headers = { 'content-type': 'application/json' };
    // Where keys are given, none is made.
    const keyFile = join(this.#dataDir, 'api-key');
    if (existsSync(keyFile)) this.#headers['x-api-key'] = readFileSync(keyFile, 'utf8').trim();
  }
}
