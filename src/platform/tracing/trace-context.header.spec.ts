import { readTraceContext, traceHeaders } from './trace-context.header';

const [TRACE, PARENT] = ['0af7651916cd43dd8448eb211c80319c', 'b7ad6b7169203331'];

describe(readTraceContext.name, () => {
  it.each([
    [`00-${TRACE}-${PARENT}-01`, `00-${TRACE}-${PARENT}-01`],
    [`00-${TRACE}-${PARENT}-00`, `00-${TRACE}-${PARENT}-00`],
    // A later version is read as far as this one goes.
    [`cc-${TRACE}-${PARENT}-01-more`, `00-${TRACE}-${PARENT}-01`],
  ])('reads %s', (traceparent, known) => {
    expect(readTraceContext({ traceparent })).toEqual({ traceparent: known, tracestate: null });
  });

  it.each([
    undefined,
    '',
    'nonsense',
    `ff-${TRACE}-${PARENT}-01`,
    `00-${TRACE}-${PARENT}-01-more`,
    `00-${TRACE}-${PARENT}`,
    `00-${'0'.repeat(32)}-${PARENT}-01`,
    `00-${TRACE}-${'0'.repeat(16)}-01`,
    `00-${TRACE.toUpperCase()}-${PARENT}-01`,
    `00-${TRACE}-${PARENT}-01, 00-${TRACE}-${PARENT}-01`,
    `00-${TRACE}-${PARENT}-01\n`,
  ])('takes %j for none', (traceparent) => {
    expect(readTraceContext(traceparent === undefined ? {} : { traceparent })).toBeNull();
  });

  it('keeps what the caller adds, as long as it may be', () => {
    const traceparent = `00-${TRACE}-${PARENT}-01`;
    const stateOf = (tracestate: string): unknown => readTraceContext({ traceparent, tracestate })?.tracestate;
    expect(stateOf('a=1, b@c=2')).toBe('a=1, b@c=2');
    expect([stateOf('x'.repeat(512)), stateOf('x'.repeat(513)), stateOf('a=é'), stateOf('')]).toEqual([
      'x'.repeat(512),
      ...[null, null, null],
    ]);
  });
});

describe(traceHeaders.name, () => {
  it('says no more than there is', () => {
    expect(traceHeaders(null)).toEqual({});
    expect(traceHeaders({ traceparent: 'p', tracestate: null })).toEqual({ traceparent: 'p' });
    expect(traceHeaders({ traceparent: 'p', tracestate: 's' })).toEqual({ traceparent: 'p', tracestate: 's' });
  });
});
