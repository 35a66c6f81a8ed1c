// A deployment to look at: Redis, two instances, a receiver of webhooks, and a Prometheus with the project's own configuration.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const INSTANCES = ['http://127.0.0.1:18081', 'http://127.0.0.1:18082'];
const PROMETHEUS = 'http://127.0.0.1:18090';
const RECEIVER_PORT = 18_091;
const TOKEN = 'what-prometheus-knows';
/** Names of keys, and the keys. */
const KEYS = {
  reports: 'a-key-for-the-reports-team',
  notebooks: 'a-key-for-the-notebooks',
  n8n: 'a-key-for-the-workflows',
};

/**
 * Starts everything, and waits until it is there.
 * @returns where it is, and `end`, which stops it and removes what it has written
 */
export async function startScene(root) {
  const folder = mkdtempSync(join(tmpdir(), 'dashboard-picture-'));
  const children = [];
  const start = (command, words, env = {}) => {
    const child = spawn(command, words, { stdio: 'ignore', env: { PATH: process.env.PATH, ...env } });
    children.push(child);
  };
  const receiver = createServer((request, response) => {
    request.resume();
    response.writeHead(request.url === '/broken' ? 503 : 204).end();
  }).listen(RECEIVER_PORT, '127.0.0.1');

  const socket = join(folder, 'redis.sock');
  start('redis-server', ['--port', '0', '--unixsocket', socket, '--save', '', '--maxmemory', '256mb', '--dir', folder]);
  INSTANCES.forEach((origin, index) => {
    start(process.execPath, [join(root, 'dist/main.js')], {
      ...{ HOST: '127.0.0.1', PORT: new URL(origin).port, DATA_DIR: join(folder, `data-${index}`) },
      ...{ REDIS_URL: `unix://${socket}`, METRICS_TOKEN: TOKEN, WEBHOOK_ALLOWED_NETWORKS: '127.0.0.0/8' },
      API_KEYS: Object.entries(KEYS)
        .map((pair) => pair.join(':'))
        .join(','),
      WEBHOOK_SECRET: `whsec_${Buffer.alloc(32, 1).toString('base64')}`,
      ...{ WORKER_CONCURRENCY: '2', SANDBOX_JOBS_PER_JAIL: '100', MAX_QUEUE_LENGTH: '50', LOG_LEVEL: 'error' },
    });
  });
  writeFileSync(join(folder, 'metrics-token'), TOKEN);
  writeFileSync(join(folder, 'prometheus.yml'), configuration(root));
  start('prometheus', [
    ...[`--config.file=${join(folder, 'prometheus.yml')}`, `--storage.tsdb.path=${join(folder, 'prometheus')}`],
    `--web.listen-address=${new URL(PROMETHEUS).host}`,
  ]);
  const end = async () => {
    receiver.close();
    for (const child of children.reverse()) {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      if (child.exitCode === null && child.kill()) await ended;
    }
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    for (const url of [...INSTANCES.map((origin) => `${origin}/health/ready`), `${PROMETHEUS}/-/ready`])
      await answers(url);
  } catch (error) {
    await end();
    throw error;
  }
  return {
    instances: INSTANCES,
    keys: KEYS,
    receiver: `http://127.0.0.1:${RECEIVER_PORT}`,
    prometheus: PROMETHEUS,
    end,
  };
}

/** The project's example, for these instances, read every 5 seconds. */
function configuration(root) {
  const folder = join(root, 'deploy/prometheus');
  return readFileSync(join(folder, 'prometheus.yml'), 'utf8')
    .replace('- rules.yml', `- ${join(folder, 'rules.yml')}`)
    .replace("'localhost:8080'", INSTANCES.map((origin) => `'${new URL(origin).host}'`).join(', '))
    .replaceAll('interval: 15s', 'interval: 5s');
}

async function answers(url) {
  for (let tries = 0; tries < 120; tries++) {
    if (
      await fetch(url).then(
        ({ ok }) => ok,
        () => false,
      )
    )
      return;
    await sleep(500);
  }
  throw new Error(`${url} does not answer`);
}
