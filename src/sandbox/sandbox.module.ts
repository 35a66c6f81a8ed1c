import { availableParallelism } from 'node:os';
import { Logger, Module } from '@nestjs/common';
import { Settings } from '../config/settings';
import { type SandboxLimits } from '../domain/runtime-description';
import { StartupError } from '../domain/startup-error';
import { ControlGroups } from './control.groups';
import { JailFactory } from './jail.factory';
import { findNsjail, probePythonRuntime } from './python.runtime';
import { LARGE_STANDARD_MODULES } from './preload.sets';
import { MeteredJails } from './metered.jails';
import { Sandbox } from './sandbox';
import { SandboxMetrics } from './sandbox.metrics';
import { SlotPool } from './slot.pool';

/** Runs programs in jails. Start-up ends with one real program run in one, or fails with the reason. */
@Module({
  providers: [{ provide: Sandbox, useFactory: createSandbox, inject: [Settings, SandboxMetrics] }, SandboxMetrics],
  exports: [Sandbox],
})
export class SandboxModule {}

async function createSandbox(settings: Settings, metrics: SandboxMetrics): Promise<Sandbox> {
  const logger = new Logger('Sandbox');
  const limits: SandboxLimits = {
    memoryMebibytes: settings.sandboxMemoryMb,
    processes: settings.sandboxPids,
    tmpMebibytes: settings.sandboxTmpMb,
    outputKibibytes: settings.sandboxOutputKb,
    cpus: settings.sandboxCpus,
  };
  const runtime = await probePythonRuntime(settings.pythonBin);
  const groups = ControlGroups.detect();
  logger.log(
    `Programs run in Python ${runtime.version}; control groups: ${groups.version === null ? 'none' : `v${groups.version}`}`,
  );
  if (groups.version === null) {
    if (settings.requireCgroup) {
      throw new StartupError(`REQUIRE_CGROUP is true, and no control group can be used here: ${groups.problem}`);
    }
    logger.warn(
      `No control group can be used (${groups.problem}): memory is limited per process instead of per program, and CPU not at all`,
    );
  }
  // Where there are more jails than CPUs, a caller with many short programs would keep all others waiting.
  const isRoomForAll = settings.workerConcurrency * settings.sandboxCpus <= availableParallelism();
  const factory = new JailFactory(runtime, findNsjail(), groups, limits, isRoomForAll, (cause) => {
    metrics.noteLoss(cause);
  });
  const preloadSets = [LARGE_STANDARD_MODULES, ...settings.pythonPreload];
  const pool = new SlotPool(new MeteredJails(factory, metrics), {
    slots: settings.workerConcurrency,
    description: {
      python: { implementation: runtime.implementation, version: runtime.version },
      packages: runtime.packages,
      limits,
      preload: settings.pythonPreload,
    },
    controlGroups: groups.version,
    preloadSets,
    jobsPerJail: settings.sandboxJobsPerJail,
  });
  metrics.begin(pool, [[], ...preloadSets]);
  return pool;
}
