import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { BadRequestException, NotFoundException, ServiceUnavailableException } from '@nestjs/common';
import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import express from 'express';
import { silentLogger } from '../../test/support/silent-logger';
import { PublicError } from '../domain/error-catalogue';
import { PublicErrorFilter } from './public-error.filter';

const filter = new PublicErrorFilter(silentLogger());
const THROWN: Readonly<Record<string, () => unknown>> = {
  anything: () => new TypeError('a secret'),
  text: () => 'a secret',
  internal: () => new PublicError('internal', { cause: new Error('a secret') }),
  own: () => new PublicError('jobNotFinished'),
  framework: () => new BadRequestException('a secret'),
  unmatched: () => new NotFoundException('a secret'),
  broken: () => new ServiceUnavailableException('a secret'),
};

describe(PublicErrorFilter.name, () => {
  let server: Server;

  beforeAll(async () => {
    const app = express();
    app.get('/:thrown', (request, response) => {
      if (request.query.job !== undefined) response.setHeader('X-Job-Id', 'job-1');
      if (request.query.begun !== undefined) response.write('begun');
      filter.catch(THROWN[request.params.thrown]?.(), new ExecutionContextHost([request, response]));
    });
    server = createServer(app).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });

  afterAll(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });

  async function get(path: string, accept = 'application/problem+json'): Promise<Response> {
    return fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/${path}`, { headers: { accept } });
  }

  it.each([
    ['anything', 500, 'internal'],
    ['text', 500, 'internal'],
    ['internal', 500, 'internal'],
    ['broken', 500, 'internal'],
    ['own', 409, 'job-not-finished'],
    ['framework', 400, 'invalid-request'],
    ['unmatched', 404, 'not-found'],
  ])('answers %s in both forms and gives nothing away', async (thrown, status, type) => {
    const problem = await get(`${thrown}?job`);
    const text = await problem.text();
    expect([problem.status, problem.headers.get('content-type')]).toEqual([status, 'application/problem+json']);
    expect(JSON.parse(text)).toMatchObject({ type: `urn:pyexec:problem:${type}`, status });
    const plain = await get(thrown, '*/*');
    const plainText = await plain.text();
    expect([plain.status, plain.headers.get('content-type')]).toEqual([status, 'application/json; charset=utf-8']);
    expect(JSON.parse(plainText)).toMatchObject({ stdout: '', exit_code: status });
    expect([problem.headers.get('vary'), plain.headers.get('vary')]).toEqual(['Accept', 'Accept']);
    expect(text + plainText).not.toContain('secret');
  });

  it('names the job in a problem once there is one', async () => {
    expect(await (await get('anything?job')).json()).toHaveProperty('instance', '/v1/jobs/job-1');
    expect(await (await get('anything')).json()).not.toHaveProperty('instance');
  });

  it('cuts an answer that had begun', async () => {
    await expect(get('anything?begun').then(async (response) => response.text())).rejects.toThrow();
  });
});
