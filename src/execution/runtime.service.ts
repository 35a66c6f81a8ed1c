import { Injectable } from '@nestjs/common';
import { Settings } from '../config/settings';
import { PublicError } from '../domain/error-catalogue';
import { DEFAULT_TIMEOUT_SECONDS, MAX_TIMEOUT_SECONDS } from '../domain/execution-request';
import { type RuntimeDescription } from '../domain/runtime-description';
import { type PublicAnswer } from '../envelope/public-answer';
import { RuntimeBoard } from '../jobs/runtime.board';
import { RedisConnections } from '../platform/redis/redis-connections';
import { whenReachable } from '../platform/redis/when-reachable';

/** Says what programs run in: which Python, which packages, which limits. */
@Injectable()
export class RuntimeService {
  constructor(
    private readonly board: RuntimeBoard,
    private readonly connections: RedisConnections,
    private readonly settings: Settings,
  ) {}

  /** @throws PublicError `noRuntime` while no worker has said it */
  async describe(): Promise<PublicAnswer> {
    const posted = await whenReachable(this.connections, () => this.board.read());
    if (posted === null) throw new PublicError('noRuntime');
    return { status: 200, body: JSON.stringify(this.present(JSON.parse(posted) as RuntimeDescription)) };
  }

  private present({ python, packages, limits, preload }: RuntimeDescription): object {
    return {
      python,
      packages,
      limits: {
        timeout_seconds: { default: DEFAULT_TIMEOUT_SECONDS, max: MAX_TIMEOUT_SECONDS },
        memory_mb: limits.memoryMebibytes,
        processes: limits.processes,
        tmp_mb: limits.tmpMebibytes,
        output_kb: limits.outputKibibytes,
        cpus: limits.cpus,
        body_bytes: this.settings.maxBodyBytes,
      },
      preload,
    };
  }
}
