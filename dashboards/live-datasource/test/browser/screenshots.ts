/**
 * Writes the pictures that Grafana's catalogue shows of the data source into src/img: npm run
 * screenshots (make them small with: convert +dither -colors 64).
 */
import { chromium } from 'playwright-core';
import type { EditorScene } from '../../../plugin-tools/host/editors.tsx';
import { serveHost } from '../../../plugin-tools/host/server.mjs';

const SCENES: Record<string, { scene: EditorScene; height: number }> = {
  query: {
    height: 216,
    scene: {
      editor: 'QueryEditor',
      value: { refId: 'A', queryType: 'tree', instance: '$instance', stream: true, match: 'nginx', minCpu: 0.5 },
      choices: { instances: ['web1:10056', 'web2:10056'], groups: ['nginx', 'postgres'] },
    },
  },
  config: {
    height: 760,
    scene: { editor: 'ConfigEditor', value: { jsonData: { prometheusUrl: 'http://prometheus:9090', pageUrl: 'https://{instance}/' }, secureJsonFields: { exporterToken: true } } },
  },
};

const host = await serveHost('12.3', { live: 'dist' });
const browser = await chromium.launch({ executablePath: process.env.PROCTREE_CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] });
for (const [name, { scene, height }] of Object.entries(SCENES)) {
  const page = await browser.newPage({ viewport: { width: 1100, height } });
  await page.goto(host.url);
  await page.evaluate(() => window.host.load('/plugins/live/module.js'));
  await page.evaluate((s) => window.host.edit(s), scene);
  await page.waitForTimeout(800);
  await page.screenshot({ path: `src/img/screenshot-${name}.png` });
}
await browser.close();
await host.close();
