import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PHONE, browserForFile, drawn, fakeServer, row } from './page.js';

/** @import { Page } from 'playwright-core' */

const open = browserForFile();

/** A heading as it can be read. @param {Page} page @param {string} column */
const heading = (page, column) => page.innerText(`.heading[data-column="${column}"] .sort`);

test('CPU says its unit, which can be changed and is kept in the link', async (t) => {
  const { server, url } = await fakeServer(t);
  const page = await open(t, url);
  await drawn(page);
  assert.equal(await heading(page, 'cpu'), 'CPU (cores)');
  assert.match(await page.innerText('.top-card h2 >> nth=0'), /cores/);
  const top = [...server.host.processes.values()].reduce((a, b) => (a.cpu.cores > b.cpu.cores ? a : b));
  const cell = page.locator(`#process-${top.id} .cpu-cell`);
  await page.click('#expand-all');
  assert.equal(await cell.innerText(), top.cpu.cores.toFixed(2));
  await page.keyboard.press('c');
  assert.equal(await heading(page, 'cpu'), 'CPU (% core)');
  await page.waitForFunction((id) => document.querySelector(`#${CSS.escape(`process-${id}`)} .cpu-cell`)?.textContent?.endsWith(' %'), top.id);
  assert.equal(await cell.innerText(), `${(top.cpu.cores * 100).toFixed(top.cpu.cores < 0.0995 ? 1 : 0)} %`);
  await page.click('#columns');
  await page.click('text=Percent of the host');
  assert.equal(await heading(page, 'cpu'), 'CPU (% host)');
  await page.waitForURL(/cpu-unit=host/);
  await page.keyboard.press('Escape');
  await page.reload();
  await drawn(page);
  assert.equal(await heading(page, 'cpu'), 'CPU (% host)');
  assert.match(await page.innerText('.top-card h2 >> nth=0'), /% host/);
});

for (const [name, viewport] of Object.entries({ desktop: { width: 1440, height: 900 }, phone: PHONE })) {
  test(`the heading of CPU is not cut: ${name}`, async (t) => {
    const { url } = await fakeServer(t);
    const page = await open(t, url, { viewport });
    await drawn(page);
    for (let unit = 0; unit < 3; unit++) {
      const { needs, has } = await page.$eval('.heading[data-column="cpu"] .sort', (sort) => ({ needs: sort.scrollWidth, has: sort.clientWidth }));
      assert.ok(needs <= has, `the heading takes ${needs} px of ${has}`);
      await page.keyboard.press('c');
    }
  });
}

test('a column full of "–" says why, and what to grant', async (t) => {
  const { server, url } = await fakeServer(t);
  for (const process of server.host.processes.values()) if (process.pid > 1) delete process.io;
  const page = await open(t, url);
  await drawn(page);
  assert.equal(await page.locator('.heading .why').count(), 1, 'I/O is empty, Open FDs is not');
  await page.click('#why-io');
  assert.match(await page.innerText('#why-io-menu'), /other users' processes.*CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH/);
  await page.keyboard.press('Escape');
  const read = row(page, 'postgres').locator('.io-cell');
  assert.equal(await read.innerText(), '–');
  await read.hover();
  assert.match(await read.getAttribute('title') ?? '', /other users' processes.*CAP_BPF and CAP_PERFMON/);
  await row(page, 'postgres').locator('.label').click();
  assert.match(await page.innerText('#drawer .figures .facts-list'), /Not known\s+I\/O, Read, Written\. The system/);
});

test('where values are known, no heading explains anything', async (t) => {
  const { url } = await fakeServer(t);
  const page = await open(t, url);
  await drawn(page);
  assert.equal(await page.locator('.heading').count() > 8 && await page.locator('.why').count(), 0);
});

test('the memory of a subtree says what was added up', async (t) => {
  const { server, url } = await fakeServer(t);
  const page = await open(t, `${url}&fold=none&except=${server.host.processes.get(1).id}`);
  await drawn(page);
  const memory = row(page, 'systemd').locator('.memory-cell');
  await memory.hover();
  assert.match(await memory.getAttribute('title') ?? '', /sum of RSS; shared pages counted up to \d+ times/);
  await row(page, 'systemd').locator('.label').click();
  assert.match(await page.innerText('#drawer .figures .facts-list'), /Subtree memory\s+.*sum of RSS; shared pages counted up to \d+ times/);

  for (const process of server.host.processes.values()) if (process.memory) process.memory.proportional_bytes = Math.round(process.memory.resident_bytes / 2);
  await page.reload();
  await drawn(page);
  await page.waitForSelector('#drawer .figures .facts-list >> text=sum of PSS');
  const pss = [...server.host.processes.values()].filter((p) => !p.kernel).reduce((sum, p) => sum + p.memory.proportional_bytes, 0);
  assert.match(await memory.innerText(), new RegExp(`^${(pss / 2 ** 30).toFixed(2)}`));
});
