// Makes docs/images/dashboard.png: the dashboard of deploy/grafana, each panel plotted from its own queries, as a real Prometheus
// answers them after a real load. Grafana itself is not needed.
//   scripts/build.sh && node scripts/dashboard-picture.mjs [minutes]
// Needs redis-server, prometheus and chromium (Debian's packages of these names), and what `npm start` needs.
import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { load } from './dashboard-picture/load.mjs';
import { drawDashboard } from './dashboard-picture/page.mjs';
import { startScene } from './dashboard-picture/scene.mjs';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const PAGE = join(tmpdir(), `dashboard-${process.pid}.html`);
const WIDTH = 1400;

const minutes = Number(process.argv[2] ?? 8);
const dashboard = JSON.parse(readFileSync(join(ROOT, 'deploy/grafana/dashboards/pyexec.json'), 'utf8'));
const scene = await startScene(ROOT);
try {
  await load(scene, minutes);
  const { html, height } = await drawDashboard(dashboard, scene.prometheus, { minutes, width: WIDTH });
  writeFileSync(PAGE, html);
  const picture = join(ROOT, 'docs/images/dashboard.png');
  const words = [
    '--headless',
    '--no-sandbox',
    '--disable-gpu',
    '--hide-scrollbars',
    `--window-size=${WIDTH},${height}`,
  ];
  execFileSync('chromium', [...words, `--screenshot=${picture}`, `file://${PAGE}`], { stdio: 'ignore' });
} finally {
  rmSync(PAGE, { force: true });
  await scene.end();
}
