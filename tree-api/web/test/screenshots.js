/** Makes the pictures of the page in docs/images, with the made-up host behind it: npm run screenshots. */
import { fileURLToPath } from 'node:url';
import { launch } from './browser/browser.js';
import { FakeHost } from './fake/host.js';
import { FakeRecording } from './fake/recording.js';
import { FakeServer } from './fake/server.js';

const IMAGES = fileURLToPath(new URL('../../../docs/images/', import.meta.url));
/** So many messages that the charts have a line. */
const STEPS = 40;

const server = new FakeServer(new FakeHost({ size: 260, seed: 3, now: 1_790_000_000 }));
server.links = { grafana: 'https://grafana.example/d/proctree-history?var-pid={pid}', alerts: 'api/v1/alerts' };
server.alerts = { time: 1_790_000_000, total: 1, alerts: [{ name: 'ProctreeGroupMemoryGrows', severity: 'warning', labels: { group: 'storefront' } }] };
const url = `${await server.listen()}#interval=60`;
const browser = await launch();

/** @param {string} name @param {import('playwright-core').BrowserContextOptions} options @param {string} [process] The one that is open. */
async function shoot(name, options, process) {
  const page = await (await browser.newContext(options)).newPage();
  await page.goto(url);
  await page.waitForSelector('#table .row[id]');
  for (let i = 0; i < STEPS; i++) {
    server.step();
    await page.waitForTimeout(50);
  }
  if (process) {
    await page.locator('#table .row[id] .label', { hasText: process }).first().click();
    await page.waitForSelector('#drawer details');
    for (let i = 0; i < STEPS; i++) {
      server.step();
      await page.waitForTimeout(50);
    }
  }
  // New and ended rows are marked for five seconds; the name under the pointer has a note.
  await page.mouse.move(700, 20);
  await page.waitForTimeout(6000);
  await page.screenshot({ path: `${IMAGES}${name}.png` });
  await page.context().close();
}

/** A moment of the recording at which one process keeps the host busy. @param {string} name @param {import('playwright-core').BrowserContextOptions} options @param {boolean} isOpen Whether the process is. */
async function shootPast(name, options, isOpen) {
  const host = new FakeHost({ size: 260, seed: 3, now: Math.floor(Date.now() / 1000) });
  const culprit = [...host.processes.values()].find((process) => process.name === 'restic');
  Object.assign(culprit, { state: 'running', start_time: host.now - 2.1 * 3600, cpu: { ...culprit.cpu, cores: host.cpus * 0.82 }, memory: { ...culprit.memory, resident_bytes: host.memoryTotal * 0.31 } });
  const past = new FakeServer(host);
  past.recording = new FakeRecording(host, host.now);
  past.links = { history: 'api/v1/history', grafana: 'https://grafana.example/d/proctree-history?var-pid={pid}' };
  const page = await (await browser.newContext({ ...options, timezoneId: 'UTC' })).newPage();
  await page.goto(`${await past.listen()}#interval=60&time=${past.recording.moment}${isOpen ? `&process=${culprit.id}` : ''}`);
  await page.waitForSelector('#table .row[id]');
  await page.waitForSelector('.strip .mark-oom_kill', { state: 'attached' });
  if (isOpen) await page.waitForSelector('#drawer .command code');
  await page.mouse.move(700, 20);
  await page.waitForTimeout(2000);
  await page.screenshot({ path: `${IMAGES}${name}.png` });
  await page.context().close();
  await past.close();
}

await shootPast('past-desktop-dark', { viewport: { width: 1440, height: 900 }, colorScheme: 'dark' }, true);
await shootPast('past-phone-light', { viewport: { width: 390, height: 844 }, colorScheme: 'light', isMobile: true, hasTouch: true }, false);
await shoot('tree-desktop-dark', { viewport: { width: 1440, height: 900 }, colorScheme: 'dark' }, 'postgres');
await shoot('tree-phone-light', { viewport: { width: 390, height: 844 }, colorScheme: 'light', isMobile: true, hasTouch: true });
await browser.close();
await server.close();
process.exit(0);
