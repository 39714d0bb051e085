/** What an administrator asks on a usual day, from the open page to the answer. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PHONE, browserForFile, drawn, fakeServer, row } from './page.js';

const open = browserForFile();

/** Makes one process the busiest of all. @param {any} server @param {string} name @returns {any} */
function makeBusiest(server, name) {
  const all = [...server.host.processes.values()];
  const hog = all.find((p) => p.name === name);
  for (const p of all) if (p.cpu) p.cpu.cores = p === hog ? 7.5 : Math.min(p.cpu.cores ?? 0, 0.2);
  return hog;
}

for (const [device, options] of /** @type {const} */ ([['a desktop', {}], ['a phone', { viewport: PHONE, isMobile: true, hasTouch: true }]])) {
  test(`who uses the CPU, and who started it? On ${device}`, async (t) => {
    const { server, url } = await fakeServer(t);
    const hog = makeBusiest(server, 'postgres');
    const page = await open(t, url, options);
    await drawn(page);
    const first = page.locator('#overview').getByRole('button', { name: /postgres/ }).first();
    await first.scrollIntoViewIfNeeded();
    await first.click();
    await page.waitForSelector('#drawer h2:text-is("postgres")');
    assert.match(await page.innerText('.drawer-title p'), new RegExp(`PID ${hog.pid} `));
    assert.match(await page.innerText('.cpu-chart'), /7\.50/);
    const ancestors = await page.locator('.ancestors button').allInnerTexts();
    assert.equal(ancestors[0], 'systemd', `it was started by ${ancestors}`);
    await page.locator('.ancestors button').last().click();
    await page.waitForFunction((pid) => !document.querySelector('.drawer-title p')?.textContent?.includes(`PID ${pid} `), hog.pid);
    await page.goBack();
    if (device === 'a phone') await page.waitForSelector('#drawer', { state: 'hidden' });
  });
}

test('what runs in this unit, and as which PID?', async (t) => {
  const { server, url } = await fakeServer(t);
  const members = [...server.host.processes.values()].filter((p) => p.name === 'postgres');
  for (const p of members) p.unit = 'db-main.service';
  assert.ok(members.length > 1);
  const page = await open(t, url);
  await drawn(page);
  await page.keyboard.press('/');
  await page.keyboard.type('unit:db-main');
  await page.waitForFunction((count) => document.querySelector('#count')?.textContent?.startsWith(`${count} of`), members.length);
  await page.fill('#search', `pid:${members[1].pid}`);
  await page.waitForFunction(() => document.querySelector('#count')?.textContent?.startsWith('1 of'));
  await page.keyboard.press('Enter');
  await page.keyboard.press('Enter');
  await page.waitForSelector(`.drawer-title p:has-text("PID ${members[1].pid} ")`);
});

test('a colleague gets the answer: filter, link, CSV and command', async (t) => {
  const { server, url } = await fakeServer(t);
  const hog = makeBusiest(server, 'postgres');
  const page = await open(t, `${url}&q=cpu%3E5`, { permissions: ['clipboard-read', 'clipboard-write'] });
  await drawn(page);
  await row(page, 'postgres').waitFor();
  const [download] = await Promise.all([page.waitForEvent('download'), page.click('#export').then(() => page.click('#export-menu button:text-is("CSV")'))]);
  assert.match(download.suggestedFilename(), /^processes-db-eu-3-.*\.csv$/);
  await page.locator('#table .row[id]:not(.context) .label').first().click();
  await page.click(`#drawer button:text-is("Copy kill -TERM ${hog.pid}")`);
  await page.waitForSelector('#drawer button:text-is("Copied")');
  const other = await open(t, page.url());
  await other.waitForSelector(`.drawer-title p:has-text("PID ${hog.pid} ")`);
});
