import { describeService, QUEUE_ID } from './service-facts';

describe(describeService.name, () => {
  it('names a queue that never changes: callers may keep it', () => {
    expect(QUEUE_ID).toBe(604_161_077);
    expect(describeService('1.2.3')).toEqual({
      endpoint: '/v1/code/execute/python',
      queueId: QUEUE_ID,
      buildNumber: '1.2.3',
    });
  });
});
