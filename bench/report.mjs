import { availableParallelism, cpus } from 'node:os';
import { IDLE_LATENCY_AIM, PROGRAMS } from './programs.mjs';

export const quantile = (values, part) => {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))];
};
export const median = (values) => {
  const sorted = values.toSorted((a, b) => a - b);
  return (sorted[Math.floor((sorted.length - 1) / 2)] + sorted[Math.ceil((sorted.length - 1) / 2)]) / 2;
};
const number = (value) => (Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(value < 0.1 ? 2 : 3));
const milliseconds = (value) => Math.max(0, value).toFixed(value >= 100 ? 0 : value >= 10 ? 1 : 2);

/** Everything as Markdown. `rounds[r][c][side]` is the slice of round r for `cases[c]`. */
export function report(cases, rounds) {
  const columns = cases.map((_, index) => rounds.map((round) => round[index]));
  return [
    `${cpus()[0].model.trim()}, ${availableParallelism()} CPUs, ${rounds.length} rounds. ${otherWork(rounds)}`,
    'Requests per second, and p50 / p99 in ms. Ratios are medians of the rounds.',
    table([
      [
        'program',
        'callers',
        'service',
        'p50 / p99',
        'bare',
        'p50 / p99',
        'nsjail',
        'p50 / p99',
        'x bare',
        'aim',
        'x nsjail',
        'p50 / bare',
        'aim',
      ],
      ...cases.map((item, index) => rateRow(item, columns[index])),
    ]),
    'CPU time per request, in ms.',
    table([
      [
        'program',
        'callers',
        'node main',
        'node threads',
        'redis',
        'fork server',
        'program',
        'jail changes',
        '= service',
        'bare',
        'nsjail',
      ],
      ...cases.map((item, index) => processorRow(item, columns[index])),
    ]),
    'CPU time per request, in ms, that is in none of these: the load generator, and the rest of the machine (kernel threads, other work).',
    table([
      ['program', 'callers', 'generator: service', 'bare', 'nsjail', 'rest: service', 'bare', 'nsjail'],
      ...cases.map((item, index) => overheadRow(item, columns[index])),
    ]),
  ].join('\n\n');
}

/** How much of the machine went to what the bench did not start: its figures are worth less the more that is. */
function otherWork(rounds) {
  const slices = rounds.flat().flatMap((sides) => Object.values(sides));
  const sum = (value) => slices.reduce((total, slice) => total + value(slice), 0);
  const part = sum(({ used }) => used.elsewhere) / (sum(({ elapsedMs }) => elapsedMs) * availableParallelism());
  return `The rest of the machine, its kernel threads included, took ${(100 * part).toFixed(0)} % of them.`;
}

function rateRow({ program, callers }, slices) {
  const rates = ['service', 'bare', 'nsjail'].flatMap((side) => {
    const latencies = slices.flatMap((slice) => slice[side].latencies);
    const [p50, p99] = [0.5, 0.99].map((part) => milliseconds(quantile(latencies, part)));
    return [number(median(slices.map((slice) => slice[side].perSecond))), `${p50} / ${p99}`];
  });
  const times = (side) => median(slices.map((slice) => slice.service.perSecond / slice[side].perSecond));
  const latency = median(slices.map(({ service, bare }) => median(service.latencies) / median(bare.latencies)));
  const isIdleAim = callers === 1 && program === PROGRAMS[0];
  return [
    ...[program.name, callers, ...rates],
    ...[number(times('bare')), callers === 1 ? '' : verdict(times('bare') >= program.aim, `>= ${program.aim}`)],
    ...[number(times('nsjail')), number(latency)],
    isIdleAim ? verdict(latency <= IDLE_LATENCY_AIM, `<= ${IDLE_LATENCY_AIM}`) : '',
  ];
}

function verdict(isReached, aim) {
  return `${aim} ${isReached ? 'reached' : 'MISSED'}`;
}

function processorRow({ program, callers }, slices) {
  const parts = ['main', 'threads', 'redis', 'forkServers', 'programs', 'changes', 'service'];
  return [
    ...[program.name, callers],
    ...parts.map((part) => perRequest(slices, 'service', part)),
    ...['bare', 'nsjail'].map((side) => perRequest(slices, side, 'spawned')),
  ];
}

function overheadRow({ program, callers }, slices) {
  const parts = ['generator', 'elsewhere'];
  const sides = ['service', 'bare', 'nsjail'];
  return [program.name, callers, ...parts.flatMap((part) => sides.map((side) => perRequest(slices, side, part)))];
}

function perRequest(slices, side, part) {
  const used = slices.reduce((sum, slice) => sum + slice[side].used[part], 0);
  return milliseconds(used / slices.reduce((sum, slice) => sum + slice[side].latencies.length, 0));
}

export function table([head, ...rows]) {
  const lines = [head, ...rows].map((row) => row.map(String));
  const widths = head.map((_, column) => Math.max(3, ...lines.map((row) => row[column].length)));
  const line = (cells) => `| ${cells.map((cell, column) => cell.padEnd(widths[column])).join(' | ')} |`;
  const rule = widths.map((width) => '-'.repeat(width));
  return [lines[0], rule, ...lines.slice(1)].map(line).join('\n');
}
