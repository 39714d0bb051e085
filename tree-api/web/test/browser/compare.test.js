import assert from 'node:assert/strict';
import { test } from 'node:test';
import { browserForFile, drawn, fakeServer, row } from './page.js';

const open = browserForFile();

/** @param {import('playwright-core').Page} page */
const lines = (page) => page.$$eval('.compare-chart .line', (all) => all.map((line) => line.getAttribute('d') ?? ''));

test('compare two processes over time: pins, metrics, values at a moment, in the link', async (t) => {
  const { server, url } = await fakeServer(t);
  const page = await open(t, url);
  await drawn(page);
  assert.ok(await page.isHidden('#compare'));
  await row(page, 'postgres').locator('.label').click();
  await page.click('#drawer .pin');
  await page.click('#drawer [aria-label="Close"]');
  await row(page, 'systemd').locator('.label').click();
  await page.locator('#table').focus();
  await page.keyboard.press('w');
  await page.waitForFunction(() => document.querySelectorAll('.compare-legend li').length === 2);
  await page.waitForURL(/pins=\d+-\d+%2C\d+-\d+/);
  const [postgres] = (new URLSearchParams(new URL(page.url()).hash.slice(1)).get('pins') ?? '').split(',');
  for (let i = 1; i <= 5; i++) {
    const changed = [{ id: postgres, cpu: { cores: i / 2 }, memory: { resident_bytes: i * 2 ** 26 }, io: { read_bytes_per_second: i * 4096, written_bytes_per_second: 0 } }];
    server.send({ type: 'diff', seq: i + 1, time: server.host.now + 2 * i, changed });
  }
  await page.waitForFunction(() => [...document.querySelectorAll('.compare-chart .line')].every((line) => (line.getAttribute('d')?.split('L').length ?? 0) >= 5));
  assert.match(await page.innerText('.compare-legend'), /postgres \d+\s+[\d.<]+.*systemd \d+/s);
  assert.ok((await page.$$eval('.compare-chart text', (all) => all.map((text) => text.textContent ?? ''))).filter((text) => /^\d\d:\d\d:\d\d$/.test(text)).length >= 2, 'an axis of time');

  const cpu = await lines(page);
  await page.click('#compare [data-metric="memory"]');
  await page.waitForFunction((before) => document.querySelector('.compare-chart .line')?.getAttribute('d') !== before, cpu[0]);
  await page.waitForSelector('.compare-legend >> text=320 MiB');
  const now = await page.innerText('.compare-legend');
  const box = await page.locator('.compare-chart').boundingBox();
  assert.ok(box);
  await page.mouse.move(box.x + 66, box.y + 50);
  await page.waitForSelector('.compare-chart .moment', { state: 'attached' });
  assert.match(await page.innerText('.compare-head output'), /Memory at \d\d:\d\d:\d\d/);
  assert.notEqual(await page.innerText('.compare-legend'), now, 'the values are those of that moment');
  assert.doesNotMatch(await page.innerText('.compare-legend'), /320 MiB/);
  await page.mouse.move(5, 5);
  await page.waitForFunction(() => !document.querySelector('.compare-chart .moment'));
  await page.focus('.compare-chart');
  await page.keyboard.press('ArrowLeft');
  await page.waitForSelector('.compare-chart .moment', { state: 'attached' });
  await page.keyboard.press('Home');

  for (const metric of ['read', 'written']) await page.click(`#compare [data-metric="${metric}"]`);
  await page.waitForURL(/pins=\d+-\d+%2C\d+-\d+&compare=written/);
  const other = await open(t, page.url());
  await drawn(other);
  assert.equal(await other.locator('.compare-legend li').count(), 2);
  assert.equal(await other.getAttribute('#compare [data-metric="written"]', 'aria-pressed'), 'true');

  await other.click('.compare-legend li:nth-child(2) .unpin');
  await other.waitForFunction(() => document.querySelectorAll('.compare-legend li').length === 1);
  const pid = Number((await other.innerText('.compare-legend .link')).match(/\d+$/)?.[0]);
  server.send({ type: 'diff', seq: 7, time: server.host.now + 1, removed: [server.host.processes.get(pid).id] });
  await page.waitForSelector('.compare-legend >> text=ended');
  await page.click('text=Unpin all');
  await page.waitForSelector('#compare', { state: 'hidden' });
});
