// A Grafana dashboard as one page of HTML: every panel where the dashboard has it, with what its queries come to.
import { chart, colorOf, format } from './chart.mjs';

const CELL_HEIGHT = 30;
const GAP = 6;
const HEADER = 44;
const POINTS = 150;
const STYLE = `body { margin: 0; background: #111217; color: #ccccdc; font: 12px "DejaVu Sans", sans-serif; position: relative }
  header { padding: 12px 10px; font-size: 16px } header small { color: #8e8e9a; margin-left: 14px }
  section { position: absolute; background: #181b1f; border: 1px solid #2c3039; border-radius: 3px; overflow: hidden }
  h2 { position: absolute; margin: 0; font-size: 14px; line-height: ${CELL_HEIGHT}px } h3 { margin: 6px 9px 2px; font-size: 12px; font-weight: 600 }
  text { fill: #8e8e9a; font-size: 10px } .legend { padding: 0 9px; line-height: 15px; font-size: 10px }
  .legend i { display: inline-block; width: 10px; height: 3px; margin: 0 4px 3px 0; border-radius: 2px } .legend span { margin-right: 8px; white-space: nowrap }
  .value { display: flex; align-items: center; justify-content: center; font-size: 28px; font-weight: 600 }
  table { border-collapse: collapse; margin: 4px 9px; font-size: 11px } td, th { text-align: left; padding: 5px 9px; border-bottom: 1px solid #2c3039 }
  .bar { height: 22px; border-radius: 2px; background: #5794f2 } .bars { padding: 4px 9px } .bars p { margin: 8px 0 3px }`;

/** @returns the page, and how high it is in pixels. @param options the span to look back over, and the page's width */
export async function drawDashboard(dashboard, prometheus, { minutes, width }) {
  const end = Math.floor(Date.now() / 1000);
  const scene = { prometheus, end, start: end - minutes * 60, column: (width - GAP) / 24 };
  const panels = await Promise.all(dashboard.panels.map((panel) => drawPanel(panel, scene)));
  const rows = Math.max(...dashboard.panels.map(({ gridPos }) => gridPos.y + gridPos.h));
  const height = HEADER + rows * CELL_HEIGHT + GAP;
  const head = `<header>${dashboard.title}<small>the last ${minutes} minutes, all instances, all keys; UTC</small></header>`;
  const html = `<!doctype html><meta charset="utf-8"><style>${STYLE}</style><body style="height: ${height}px">${head}${panels.join('')}`;
  return { html, height };
}

async function drawPanel(panel, scene) {
  const { gridPos, type, title } = panel;
  const [left, top] = [GAP + gridPos.x * scene.column, HEADER + gridPos.y * CELL_HEIGHT];
  if (type === 'row') return `<h2 style="left: ${left}px; top: ${top}px">▾ ${title}</h2>`;
  const size = { width: gridPos.w * scene.column - GAP, height: gridPos.h * CELL_HEIGHT - GAP };
  const series = (await Promise.all(panel.targets.map((target) => ask(target, scene)))).flat();
  const body = DRAWERS[type](panel, series, { ...scene, ...size });
  return `<section style="left: ${left}px; top: ${top}px; width: ${size.width}px; height: ${size.height}px"><h3>${title}</h3>${body}</section>`;
}

/** The series of one query: `{ name, labels, points }`. */
async function ask({ expr, legendFormat, instant }, { prometheus, start, end }) {
  const variables = {
    $__rate_interval: '30s',
    $__range: `${end - start}s`,
    $instance: '.*',
    $key: '.*',
    $job: 'pyexec',
  };
  const query = expr.replace(/\$\w+/g, (name) => variables[name] ?? name);
  const when = instant ? { time: end } : { start, end, step: Math.ceil((end - start) / POINTS) };
  const response = await fetch(
    `${prometheus}/api/v1/query${instant ? '' : '_range'}?${new URLSearchParams({ query, ...when })}`,
  );
  const { data, error } = await response.json();
  if (error !== undefined) throw new Error(`${error}: ${query}`);
  return data.result.map(({ metric, value, values = [value] }) => ({
    name: legendFormat.replace(/\{\{(\w+)\}\}/g, (_, label) => metric[label] ?? ''),
    labels: metric,
    points: values.map(([at, number]) => [at, Number(number)]).filter(([, number]) => Number.isFinite(number)),
  }));
}

const DRAWERS = {
  timeseries({ fieldConfig }, found, { width, height, start, end }) {
    const { unit, custom } = fieldConfig.defaults;
    const fixed = new Map(
      fieldConfig.overrides.map(({ matcher, properties }) => [matcher.options, properties[0].value.fixedColor]),
    );
    const series = found.map((one, index) => ({ ...one, color: colorOf(fixed.get(one.name), index) }));
    const frame = {
      width,
      height: height - (series.length > 5 ? 56 : 42),
      unit,
      start,
      end,
      stacked: custom.stacking.mode === 'normal',
    };
    const legend = series.map(({ name, color }) => `<span><i style="background: ${color}"></i>${name}</span>`);
    return `${chart(series, frame)}<div class="legend">${legend.join('')}</div>`;
  },

  stat({ fieldConfig }, [{ points }], { height }) {
    const { text, color } = judged(points[0][1], fieldConfig.defaults);
    return `<div class="value" style="height: ${height - 30}px; margin: 0 5px; border-radius: 3px; color: #fff; background: ${color}">${text}</div>`;
  },

  gauge({ fieldConfig }, [{ points }], { width, height }) {
    const [value, radius] = [points[0][1], height - 48];
    const { text, color } = judged(value, fieldConfig.defaults);
    const arc = (part, stroke) => {
      const angle = Math.PI * (1 - Math.min(part, 1));
      const [x, y] = [width / 2 + radius * Math.cos(angle), height - 36 - radius * Math.sin(angle)];
      return `<path d="M${width / 2 - radius},${height - 36} A${radius},${radius} 0 0 1 ${x},${y}" fill="none" stroke="${stroke}" stroke-width="16"/>`;
    };
    return `<svg width="${width}" height="${height - 24}">${arc(1, '#2c3039')}${arc(value / fieldConfig.defaults.max, color)}
      <text x="${width / 2}" y="${height - 38}" text-anchor="middle" style="font-size: 17px; font-weight: 600; fill: ${color}">${text}</text></svg>`;
  },

  bargauge({ fieldConfig }, series) {
    const highest = Math.max(...series.map(({ points }) => points[0][1]), 1);
    const bars = series.map(({ name, points: [[, value]] }) => {
      const text = format(Math.round(value), fieldConfig.defaults.unit);
      return `<p>${name}: ${text}</p><div class="bar" style="width: ${(value / highest) * 95 + 1}%"></div>`;
    });
    return `<div class="bars">${bars.join('')}</div>`;
  },

  table({ transformations }, series) {
    const columns = Object.keys(transformations[0].options.indexByName);
    const rows = series.map(({ labels }) => `<tr>${columns.map((name) => `<td>${labels[name]}</td>`).join('')}</tr>`);
    return `<table><tr>${columns.map((name) => `<th>${name}</th>`).join('')}</tr>${rows.join('')}</table>`;
  },
};

/** The text and the color that a panel's mappings and thresholds give a value. */
function judged(value, { unit, decimals, mappings = [], thresholds }) {
  const mapped = mappings[0]?.options[value];
  const reached = thresholds.steps.findLast((step) => step.value === null || value >= step.value);
  const shown = decimals === 0 ? Math.round(value) : value;
  return {
    text: mapped?.text ?? format(shown, unit === 'none' ? 'short' : unit),
    color: colorOf(mapped?.color ?? reached.color),
  };
}
