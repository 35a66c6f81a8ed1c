import { Injectable } from '@nestjs/common';
import { Gauge, Registry } from 'prom-client';
import { EventStreams } from './event-streams';

/** How many follow jobs. */
@Injectable()
export class EventStreamMetrics {
  constructor(registry: Registry, streams: EventStreams) {
    new Gauge({
      name: 'pyexec_event_streams_open',
      help: 'Event streams that are open.',
      registers: [registry],
      collect() {
        this.set(streams.count);
      },
    });
  }
}
