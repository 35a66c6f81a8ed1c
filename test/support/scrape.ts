import { type Service } from './service';

export interface MetricFamily {
  readonly type: string;
  readonly help: string;
  /** Names of its labels, without those that a histogram has by itself. */
  readonly labels: readonly string[];
}

export interface Series {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** What an instance answers to `GET /metrics`, taken apart. */
export class Scrape {
  readonly series: readonly Series[];

  constructor(readonly text: string) {
    this.series = [...text.matchAll(/^(\w+)(?:\{(.*)\})? (\S+)$/gm)].map(([, name = '', labels = '', value]) => ({
      name,
      labels: Object.fromEntries([...labels.matchAll(/(\w+)="([^"]*)"/g)].map(([, key, text = '']) => [key, text])),
      value: Number(value),
    }));
  }

  static async of(service: Service, token?: string): Promise<Scrape> {
    const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const response = await fetch(`${service.origin}/metrics`, { headers });
    expect(response.status).toBe(200);
    return new Scrape(await response.text());
  }

  /** By their names. */
  get families(): Map<string, MetricFamily> {
    const families = new Map<string, MetricFamily>();
    for (const [, name = '', help = ''] of this.text.matchAll(/^# HELP (\w+) (.*)$/gm)) {
      const type = new RegExp(`^# TYPE ${name} (\\w+)$`, 'm').exec(this.text)?.[1] ?? '';
      const own = this.series.filter(
        (each) => each.name.replace(/_(bucket|sum|count)$/, '') === name || each.name === name,
      );
      const labels = new Set(own.flatMap((each) => Object.keys(each.labels)));
      labels.delete('le');
      families.set(name, { type, help, labels: [...labels] });
    }
    return families;
  }

  /** The sum of all series of a name that have these labels; undefined when there is none. */
  value(name: string, labels: Readonly<Record<string, string>> = {}): number | undefined {
    const found = this.series.filter(
      (each) => each.name === name && Object.entries(labels).every(([label, text]) => each.labels[label] === text),
    );
    return found.length === 0 ? undefined : found.reduce((sum, each) => sum + each.value, 0);
  }

  /** All that a label is said to be, anywhere. */
  values(label: string): string[] {
    return [...new Set(this.series.flatMap((each) => each.labels[label] ?? []))].sort();
  }
}
