import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DESKTOP, browserForFile, drawn, fakeServer, names, rowCount } from './page.js';

const open = browserForFile();

/** @param {Iterable<any>} processes @param {(p: any) => number} value */
const sum = (processes, value) => [...processes].reduce((all, p) => all + value(p), 0);

test('which user uses most memory: sums by user, and a click shows the processes', async (t) => {
  const { server, url } = await fakeServer(t);
  const page = await open(t, url);
  await drawn(page);
  await page.click('button[aria-label="Groups"]');
  await page.click('#groups th[data-column="memory"] button');
  await page.waitForSelector('#groups th[data-column="memory"][aria-sort="descending"]');
  const all = [...server.host.processes.values()];
  const users = [...new Set(all.map((p) => p.user))].map((name) => /** @type {const} */ ([name, all.filter((p) => p.user === name)]));
  const [user, most] = users.sort(([, a], [, b]) => sum(b, (p) => p.memory.resident_bytes) - sum(a, (p) => p.memory.resident_bytes))[0];
  const first = page.locator('#groups tbody tr').first();
  assert.equal(await first.locator('th').innerText(), user);
  assert.equal(await first.locator('td').first().innerText(), String(most.length));
  assert.match(await first.locator('td[data-column="memory"]').innerText(), new RegExp(`RSS\\s*${(sum(most, (p) => p.memory.resident_bytes) / 2 ** (sum(most, (p) => p.memory.resident_bytes) >= 2 ** 30 ? 30 : 20)).toPrecision(3)}`));
  assert.match(await first.locator('td[data-column="memory"]').getAttribute('title') ?? '', /shared pages counted up to \d+ times/);
  await page.waitForURL(/view=groups/);
  await first.locator('th button').click();
  await page.waitForFunction((want) => document.querySelector('#count')?.textContent === want, `${most.length} of ${all.length}`);
  assert.ok(await page.isHidden('#groups'));
  assert.match(await page.innerText('#totals'), new RegExp(`Sum of ${most.length} matches.*${sum(most, (p) => p.threads)} threads`, 's'));
  await page.waitForURL(/user=/);
  await page.goBack();
  await page.waitForSelector('#groups:not([hidden])');
});

test('by unit and container, those without are one group, and the link keeps what is summed', async (t) => {
  const { server, url } = await fakeServer(t);
  const page = await open(t, `${url}&view=groups&by=unit`);
  await page.waitForSelector('#groups tbody tr');
  const without = [...server.host.processes.values()].filter((p) => !p.unit).length;
  const none = page.locator('#groups tbody tr', { hasText: '(none)' });
  assert.equal(await none.locator('td').first().innerText(), String(without));
  await none.locator('button').click();
  await page.waitForFunction((want) => document.querySelector('#count')?.textContent?.startsWith(want), `${without} of`);
  assert.equal(await page.inputValue('#search'), 'unit=""');
  await page.keyboard.press('Escape');
  await page.click('button[aria-label="Groups"]');
  await page.click('#groups [data-by="container"]');
  await page.waitForURL(/by=container/);
  assert.equal(await page.innerText('#groups thead th >> nth=0'), 'Container');
});

test('the line below the table has the sum of what the filters leave, and moves nothing', async (t) => {
  const { server, url } = await fakeServer(t);
  const page = await open(t, url);
  await drawn(page);
  const before = await page.locator('#table').boundingBox();
  assert.match(await page.innerText('#totals'), /Sum of all\s+CPU [\d.]+ cores\s+Memory [\d.]+ GiB \(sum of RSS; shared pages counted several times\)/);
  await page.fill('#search', 'user=postgres');
  const wanted = [...server.host.processes.values()].filter((p) => p.user === 'postgres');
  await page.waitForFunction((want) => document.querySelector('#totals')?.textContent?.includes(want), `Sum of ${wanted.length} matches`);
  assert.match(await page.innerText('[data-sum="cpu"]'), new RegExp(`CPU ${sum(wanted, (p) => p.cpu.cores).toFixed(2)} cores`));
  assert.ok(await rowCount(page) > wanted.length, 'the ancestors have rows');
  assert.deepEqual(await page.locator('#table').boundingBox(), before);
  await page.waitForURL(/q=user/);
  for (const process of server.host.processes.values()) process.memory.proportional_bytes = 2 ** 20;
  await page.reload();
  await page.waitForSelector('#totals >> text=(sum of PSS)');
  assert.match(await page.innerText('[data-sum="memory"]'), new RegExp(`Memory ${(wanted.length).toFixed(1)} MiB`));
});

test('groups by keyboard, on a phone, and on paper', async (t) => {
  const { url } = await fakeServer(t);
  const page = await open(t, url, { viewport: { width: 390, height: 780 } });
  await drawn(page);
  await page.locator('#table').focus();
  await page.keyboard.press('g');
  await page.waitForSelector('#groups tbody tr');
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'the page is not wider than the phone');
  while (!await page.evaluate(() => document.activeElement?.matches('#groups tbody button'))) await page.keyboard.press('Tab');
  const user = await page.evaluate(() => document.activeElement?.textContent);
  await page.keyboard.press('Enter');
  await page.waitForSelector('#groups', { state: 'hidden' });
  await drawn(page);
  assert.ok((await names(page)).length > 0);
  assert.match(await page.innerText('#filter-user'), new RegExp(String(user)));

  await page.setViewportSize(DESKTOP);
  await page.click('button[aria-label="Groups"]');
  await page.emulateMedia({ media: 'print' });
  await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
  assert.match(await page.innerText('.sheet'), /User.*Processes.*Memory/s);
  await page.evaluate(() => dispatchEvent(new Event('afterprint')));
});
