import { eventually } from '../support/eventually';
import { compose, Composition, containersOf, docker } from './composition';

const PATIENCE_MS = 120_000;
const ASYNC = { headers: { prefer: 'respond-async' } };

describe('the life of the composition', () => {
  let api: Composition;

  beforeAll(async () => {
    api = await Composition.find();
  }, PATIENCE_MS);

  const accept = async (code: string): Promise<string> => {
    const { status, json } = await api.call({ code, timeout: 60 }, ASYNC);
    expect(status).toBe(202);
    return `/v1/jobs/${json.job_id as string}`;
  };
  const untilIt = async (state: string, path: string): Promise<void> => {
    await eventually(`it is ${state}`, async () => (await api.get(path)).json?.status === state, PATIENCE_MS);
  };

  it(
    'goes on when one of two workers is killed',
    async () => {
      const { exitCode, output } = await compose('up', '--detach', '--no-build', '--wait', '--scale', 'worker=2');
      expect({ exitCode, output: exitCode === 0 ? '' : output }).toEqual({ exitCode: 0, output: '' });
      const workers = await containersOf('worker');
      expect(workers).toHaveLength(2);
      await docker('kill', workers[0] ?? '');
      const answers = await Promise.all(Array.from({ length: 8 }, (_, number) => api.run(`return ${number}`)));
      expect(answers.map(({ json }) => json.response?.result as unknown)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    },
    PATIENCE_MS,
  );

  it(
    'keeps what was accepted while no worker is there, and Redis is started anew',
    async () => {
      await compose('stop', 'worker');
      const path = await accept('return 7');
      await compose('restart', 'redis');
      await compose('start', 'worker');
      await untilIt('succeeded', path);
    },
    PATIENCE_MS,
  );

  it(
    'stops when it is told to, with what runs brought to its end',
    async () => {
      const path = await accept('import time; time.sleep(3)');
      await untilIt('running', path);
      const containers = [...(await containersOf('worker')), ...(await containersOf('api'))];
      await compose('stop', 'worker', 'api');
      const ends = await docker('inspect', '--format', '{{.State.ExitCode}} {{.State.OOMKilled}}', ...containers);
      expect(ends.output.trim().split('\n')).toEqual(containers.map(() => '0 false'));
      await compose('up', '--detach', '--no-build', '--wait', 'api');
      await untilIt('succeeded', path);
    },
    PATIENCE_MS,
  );
});
