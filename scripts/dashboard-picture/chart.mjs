// Lines over time as SVG.

const COLORS = [
  '#73bf69',
  '#f2cc0c',
  '#5794f2',
  '#ff9830',
  '#b877d9',
  '#8ab8ff',
  '#ff7383',
  '#96d98d',
  '#ffcb7d',
  '#56a64b',
];
const NAMED = { green: '#73bf69', orange: '#ff9830', red: '#f2495c', blue: '#5794f2' };
const LEFT = 60;
const BOTTOM = 18;

/** A color by its name in Grafana, or by its place among the series. */
export function colorOf(name, index = 0) {
  return NAMED[name] ?? COLORS[index % COLORS.length];
}

const SCALES = {
  s: [
    [1, 's'],
    [1e-3, 'ms'],
    [1e-6, 'µs'],
  ],
  bytes: [
    [2 ** 30, 'GiB'],
    [2 ** 20, 'MiB'],
    [2 ** 10, 'KiB'],
  ],
};

/** A number with its unit, as short as can be. */
export function format(value, unit) {
  if (unit === 'percentunit') return `${Number((value * 100).toFixed(1))} %`;
  if (value === 0) return '0';
  const scales = SCALES[unit];
  if (scales === undefined) return `${round(value)}${unit.endsWith('ps') ? '/s' : ''}`;
  const [factor, name] = scales.find(([size]) => Math.abs(value) >= size) ?? scales.at(-1);
  return `${round(value / factor)} ${name}`;
}

function round(value) {
  return Number(value.toPrecision(value >= 100 ? 4 : 3)).toString();
}

/**
 * @param series `{ name, color, points: [seconds, value][] }[]`
 * @param frame size in pixels, unit, the span of time in seconds, and whether series stand upon each other
 */
export function chart(series, { width, height, unit, start, end, stacked }) {
  const below = new Map();
  const layers = series.map(({ points, ...rest }) => ({
    ...rest,
    points: points.map(([at, value]) => {
      const base = stacked ? (below.get(at) ?? 0) : 0;
      below.set(at, base + value);
      return { at, base, top: base + value };
    }),
  }));
  const highest = niceTop(Math.max(...layers.flatMap(({ points }) => points.map(({ top }) => top)), 0), unit);
  const x = (at) => LEFT + ((at - start) / (end - start)) * (width - LEFT - 8);
  const y = (value) => height - BOTTOM - (value / highest) * (height - BOTTOM - 8);
  const place = (at, value) => `${x(at).toFixed(1)},${y(value).toFixed(1)}`;
  const lines = layers.map(({ color, points }) => {
    const upper = points.map(({ at, top }) => place(at, top)).join(' ');
    const lower = points
      .map(({ at, base }) => place(at, base))
      .reverse()
      .join(' ');
    return `<polygon points="${upper} ${lower}" fill="${color}" opacity="${stacked ? 0.3 : 0.08}"/>
      <polyline points="${upper}" fill="none" stroke="${color}" stroke-width="1.4"/>`;
  });
  return `<svg width="${width}" height="${height}">${grid({ x, y, width, highest, unit, start, end })}${lines.join('')}</svg>`;
}

function grid({ x, y, width, highest, unit, start, end }) {
  const levels = [0, 0.25, 0.5, 0.75, 1].map((part) => part * highest);
  const across = levels.map(
    (value) => `<line x1="${LEFT}" x2="${width - 8}" y1="${y(value)}" y2="${y(value)}" stroke="#2c3039"/>
      <text x="${LEFT - 6}" y="${y(value) + 3.5}" text-anchor="end">${format(value, unit)}</text>`,
  );
  const every = Math.ceil((end - start) / 60 / 4) * 60;
  const times = [];
  for (let at = Math.ceil(start / every) * every; at < end; at += every) {
    const time = new Date(at * 1000).toISOString().slice(11, 16);
    times.push(`<text x="${x(at)}" y="${y(0) + 14}" text-anchor="middle">${time}</text>`);
  }
  return across.join('') + times.join('');
}

/** The next round number above, so that the lines of the grid are round too. */
function niceTop(value, unit) {
  if (value === 0) return 1;
  const size = unit === 'bytes' ? 2 ** Math.floor(Math.log2(value)) : 10 ** Math.floor(Math.log10(value));
  return [1, 1.25, 1.5, 2, 3, 4, 6, 8, 10].map((step) => step * size).find((top) => top >= value);
}
