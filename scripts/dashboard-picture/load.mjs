// What callers of several kinds send, for some minutes: mostly programs that end well, and a little of everything else.
import { setTimeout as sleep } from 'node:timers/promises';

const PATH = '/v1/code/execute/python';

/** @param minutes how long; a rush in the middle fills the queue for a while */
export async function load({ instances, keys, receiver }, minutes) {
  const startedAt = Date.now();
  const endsAt = startedAt + minutes * 60_000;
  const pending = new Set();
  const part = () => (Date.now() - startedAt) / (endsAt - startedAt);
  let count = 0;
  const send = (key, body, headers = {}, method = 'POST') => {
    const call = fetch(instances[count++ % instances.length] + PATH, {
      method,
      headers: { 'content-type': 'application/json', 'x-api-key': key, ...headers },
      body: JSON.stringify(body),
    }).then((response) => response.text());
    pending.add(call);
    call.catch(() => undefined).finally(() => pending.delete(call));
  };
  const often = async (perSecond, act) => {
    while (Date.now() < endsAt) {
      act();
      await sleep((-Math.log(1 - Math.random()) * 1000) / perSecond(part()));
    }
  };
  const wave = (low, high) => (at) => low + (high - low) * Math.sin(at * Math.PI) ** 2;
  const steady = (perSecond) => () => perSecond;
  const rush = (perSecond) => (at) => (at > 0.55 && at < 0.63 ? perSecond : 0.4);
  const asynchronously = { prefer: 'respond-async' };

  await Promise.all([
    often(wave(1, 9), () => send(keys.reports, { code: 'return sum(i * i for i in range(20_000))' })),
    often(wave(1, 3), () => send(keys.notebooks, { code: 'import numpy\nreturn float(numpy.arange(1e5).mean())' })),
    often(steady(0.5), () => send(keys.notebooks, { code: 'import pandas\nreturn len(pandas.DataFrame())' })),
    often(steady(1.2), () => send(keys.n8n, { code: 'return 42', webhook_url: `${receiver}/hook` }, asynchronously)),
    often(steady(0.08), () => send(keys.n8n, { code: 'return 42', webhook_url: `${receiver}/broken` }, asynchronously)),
    often(rush(14), () => send(keys.n8n, { code: 'import time\ntime.sleep(0.6)' }, asynchronously)),
    often(steady(0.4), () => send(keys.notebooks, { code: '1 / 0' })),
    often(steady(0.1), () => send(keys.reports, { code: 'import sys\nsys.exit(3)' })),
    often(steady(0.1), () => send(keys.notebooks, { code: 'while True: pass', timeout: 1 })),
    often(steady(0.08), () => send(keys.notebooks, { code: 'print("x" * 2_000_000)' })),
    often(steady(0.05), () => send(keys.notebooks, { code: 'x = bytearray(1 << 30)' })),
    often(steady(0.15), () => send(keys.reports, { code: 1 })),
    often(steady(0.1), () => send('a-key-that-nobody-knows', { code: '' })),
  ]);
  await Promise.allSettled(pending);
}
