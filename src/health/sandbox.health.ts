import { Injectable, Optional } from '@nestjs/common';
import { type HealthIndicatorResult, HealthIndicatorService } from '@nestjs/terminus';
import { PinoLogger } from 'nestjs-pino';
import { Sandbox } from '../sandbox/sandbox';
import { within } from '../platform/within';

/** A probe gives up before those who ask do: Kubernetes' own limit is a second, most others' are longer. */
const PATIENCE_MS = 5_000;

/** On a worker: whether programs can be run, and which of a jail's limits are real on this machine. */
@Injectable()
export class SandboxHealth {
  /** What was found last. The start ends with a program that has run. */
  private wasUp = true;

  constructor(
    private readonly indicators: HealthIndicatorService,
    private readonly logger: PinoLogger,
    @Optional() private readonly sandbox?: Sandbox,
  ) {
    logger.setContext(SandboxHealth.name);
  }

  /** What was found last, without waiting: false when no program could be run. */
  get isUp(): boolean {
    return this.wasUp;
  }

  async check(): Promise<HealthIndicatorResult> {
    if (this.sandbox === undefined) return {};
    const indicator = this.indicators.check('sandbox');
    try {
      const confinement = await within(PATIENCE_MS, 'end of a trial program', this.sandbox.check());
      if (!this.wasUp) this.logger.info('Programs can be run again');
      this.wasUp = true;
      return indicator.up({ ...confinement });
    } catch (error) {
      // Once for each change: probes ask every second. The reason may name paths of this machine, and anyone may ask for its health.
      if (this.wasUp) this.logger.error({ err: error }, 'No program can be run');
      this.wasUp = false;
      return indicator.down('no program can be run');
    }
  }
}
