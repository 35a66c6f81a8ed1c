import { type DynamicModule, Module, type Type } from '@nestjs/common';
import { ConnectionDrain } from './connection.drain';
import { GracefulShutdown } from './graceful.shutdown';

/** Ends the service in order. */
@Module({})
export class ShutdownModule {
  /** @param halves the modules of `jobs` that this process has */
  static forHalves(halves: Type[]): DynamicModule {
    return { module: ShutdownModule, imports: halves, providers: [ConnectionDrain, GracefulShutdown] };
  }
}
