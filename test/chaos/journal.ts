/** What happened in a run, in order: the faults, and what started and ended. */
export class Journal {
  private readonly startedAt = performance.now();
  private readonly lines: string[] = [];

  note(what: string): void {
    const seconds = (performance.now() - this.startedAt) / 1000;
    this.lines.push(`${seconds.toFixed(1).padStart(7)} ${new Date().toISOString().slice(11, 23)} ${what}`);
  }

  get text(): string {
    return this.lines.join('\n');
  }
}
