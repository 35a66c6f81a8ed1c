import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { TemporaryDirectory } from './temporary-directory';

const BLOCK = Buffer.alloc(4096);

/** A file system of 8 MiB, which can be filled; gone when `using` ends its scope. Takes the right to mount, as jails do. */
export class SmallDisk implements Disposable {
  private readonly directory = new TemporaryDirectory();

  constructor() {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', this.path]);
  }

  get path(): string {
    return this.directory.path;
  }

  /** Leaves no block. */
  fill(): void {
    try {
      for (;;) writeFileSync(this.filler, BLOCK, { flag: 'a' });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    }
  }

  clear(): void {
    rmSync(this.filler);
  }

  [Symbol.dispose](): void {
    execFileSync('umount', ['--lazy', this.path]);
    this.directory[Symbol.dispose]();
  }

  private get filler(): string {
    return join(this.path, 'filler');
  }
}
