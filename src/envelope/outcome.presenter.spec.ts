import { sampleFacts, sampleRun } from '../../test/support/sample-job';
import { type AnsweredJob } from '../domain/answered-job';
import { stateAfter } from '../domain/job-state';
import { type Outcome } from '../domain/outcome';
import { OutcomePresenter } from './outcome.presenter';

const presenter = new OutcomePresenter({ endpoint: '/v1/code/execute/python', queueId: 67890, buildNumber: '1.0.0' });

function answered(outcome: Outcome, id: string | null = null): AnsweredJob {
  return {
    facts: sampleFacts({ id: 'job-1', requestId: id }),
    end: { state: stateAfter(outcome), finishedAtMs: 0, queueLength: 0, run: sampleRun(outcome) },
    times: { queueMs: 0, runMs: 123, totalMs: 123 },
  };
}

function returned(resultJson: string): Outcome {
  return { kind: 'returned', resultJson, stdout: 'Hola Mundo\n', stderr: '' };
}

describe(OutcomePresenter.name, () => {
  it('presents a success as the 200 envelope, members in order', () => {
    const answer = presenter.present(answered(returned('null'), 'peticion-unica-123'));
    expect(answer.status).toBe(200);
    expect(answer.body).toBe(
      '{"endpoint":"/v1/code/execute/python","code":200,"id":"peticion-unica-123","job_id":"job-1",' +
        '"response":{"result":null,"stdout":"Hola Mundo\\n","stderr":"","exit_code":0},"message":"success",' +
        '"pid":4711,"queue_id":67890,"run_time":0.123,"queue_time":0,"total_time":0.123,"queue_length":0,' +
        '"build_number":"1.0.0"}',
    );
  });

  it('says null for an absent id and keeps an empty one', () => {
    expect(JSON.parse(presenter.present(answered(returned('1'))).body)).toMatchObject({ id: null });
    expect(JSON.parse(presenter.present(answered(returned('1'), '')).body)).toMatchObject({ id: '' });
  });

  it.each(['123456789012345678901234567890', '1.0', '1e400', '-0', '[1.10,{"a":1E+2}]'])(
    'passes the result %s on digit for digit',
    (resultJson) => {
      expect(presenter.present(answered(returned(resultJson))).body).toContain(`"result":${resultJson},"stdout"`);
    },
  );

  it('stays valid JSON whatever the output holds', () => {
    const stdout = '"}\\\u0000\u2028\ud800';
    const { body } = presenter.present(answered({ kind: 'returned', resultJson: 'null', stdout, stderr: '' }));
    expect(JSON.parse(body)).toMatchObject({ response: { stdout } });
  });

  it('presents a failure with what was written before it', () => {
    const outcome: Outcome = { kind: 'exited', exitCode: 3, message: null, stdout: 'partial', stderr: 'secret' };
    const answer = presenter.present(answered(outcome));
    expect([answer.status, answer.headers]).toEqual([400, undefined]);
    expect(answer.body).toBe('{"error":"Process exited with code 3","stdout":"partial","exit_code":400}');
    expect(answer.problem?.()).toEqual({
      type: 'urn:pyexec:problem:execution-failed',
      title: 'Execution failed',
      status: 400,
      detail: 'Process exited with code 3',
      instance: '/v1/jobs/job-1',
      job_id: 'job-1',
      stdout: 'partial',
      stderr: 'secret',
    });
  });

  it('has no other form of a success', () => {
    expect(presenter.present(answered(returned('1'))).problem).toBeUndefined();
  });

  it('presents a timeout with its error alone', () => {
    const outcome: Outcome = { kind: 'timedOut', timeoutSeconds: 10, stdout: 'partial', stderr: 'warned' };
    const answer = presenter.present(answered(outcome));
    expect([answer.status, answer.headers]).toEqual([408, undefined]);
    expect(answer.body).toBe('{"error":"Execution timed out after 10 seconds"}');
    expect(answer.problem?.()).toEqual({
      type: 'urn:pyexec:problem:execution-timed-out',
      title: 'Execution timed out',
      status: 408,
      detail: 'Execution timed out after 10 seconds',
      instance: '/v1/jobs/job-1',
      job_id: 'job-1',
      stdout: 'partial',
      stderr: 'warned',
    });
  });

  it('presents a job that came to no outcome as our own fault', () => {
    const lost = answered({ kind: 'cancelled', stdout: '', stderr: '' });
    const { status, body } = presenter.present({ ...lost, end: { ...lost.end, state: 'lost', run: null } });
    expect([status, body]).toEqual([
      500,
      '{"error":"An internal server error occurred","stdout":"","stderr":"","exit_code":500}',
    ]);
  });

  it('presents a cancelled job as a failure, with what was written before', () => {
    expect(presenter.present(answered({ kind: 'cancelled', stdout: 'partial', stderr: '' }))).toMatchObject({
      status: 400,
      body: '{"error":"Execution was cancelled","stdout":"partial","exit_code":400}',
    });
  });
});

describe('acknowledge', () => {
  it('presents a job that has not run as the 202 envelope, members in order', () => {
    const facts = sampleFacts({ id: 'job-1', requestId: 'mine', queueLength: 3 });
    expect(presenter.acknowledge(facts)).toEqual({
      status: 202,
      body:
        '{"endpoint":"/v1/code/execute/python","code":202,"id":"mine","job_id":"job-1","message":"processing",' +
        '"queue_id":67890,"queue_length":3,"build_number":"1.0.0"}',
      headers: { 'Preference-Applied': 'respond-async' },
    });
  });
});
