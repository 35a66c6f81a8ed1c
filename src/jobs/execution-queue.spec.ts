import { QUEUE_ID, readQueuedExecution } from './execution-queue';

describe('QUEUE_ID', () => {
  it('never changes: callers may keep it', () => {
    expect(QUEUE_ID).toBe(604_161_077);
  });
});

describe(readQueuedExecution.name, () => {
  it('takes an execution', () => {
    const queued = { request: { code: '', timeoutSeconds: 30 }, callerName: 'a', acceptedAtMs: 0, replyTo: 'b' };
    expect(readQueuedExecution(queued)).toBe(queued);
  });

  it.each([null, {}, { request: {} }, { request: { code: 1, timeoutSeconds: 1 } }, { request: { code: '' } }])(
    'refuses %j',
    (data) => {
      expect(() => readQueuedExecution(data)).toThrow();
    },
  );
});
