import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { browserForFile, cursor, drawn, fakeServer, names, row, rowCount } from './page.js';

/** All rows of the made-up host can be seen at once. */
const TALL = { width: 1440, height: 2200 };

const open = browserForFile();

/** @param {import('node:test').TestContext} t @param {string} [more] */
async function openTree(t, more = '') {
  const { server, url } = await fakeServer(t);
  const page = await open(t, url + more, { viewport: TALL });
  await drawn(page);
  return { server, page };
}

/** What a person sees of the rows, from top to bottom: where, how, and what. @param {import('playwright-core').Page} page */
function rowsAsSeen(page) {
  return page.$$eval('#table .row[id]', (rows) => rows
    .map((row) => ({ top: row.getBoundingClientRect().top, id: row.id, class: row.className, html: [...row.children].map((cell) => `${cell.className} ${cell.outerHTML}`) }))
    .sort((a, b) => a.top - b.top));
}

test('expand and collapse by click', async (t) => {
  const { page } = await openTree(t);
  const all = await rowCount(page);
  const top = row(page, 'systemd');
  assert.equal(await top.getAttribute('aria-expanded'), 'true');
  await top.locator('.twist').click();
  await page.waitForSelector('.row[aria-expanded="false"] .label:text-is("systemd")');
  assert.ok(await rowCount(page) < all);
  assert.match(await top.locator('.badge').innerText(), /^\d+$/);
  await top.locator('.twist').click();
  await page.waitForFunction((n) => document.querySelector('#table')?.getAttribute('aria-rowcount') === String(n + 1), all);
});

test('the threads of the kernel start folded; expand all opens them, collapse all leaves the roots', async (t) => {
  const { server, page } = await openTree(t);
  assert.equal(await row(page, 'kthreadd').getAttribute('aria-expanded'), 'false');
  await page.click('#expand-all');
  await page.waitForFunction((n) => document.querySelector('#table')?.getAttribute('aria-rowcount') === String(n + 1), server.host.processes.size);
  await page.click('#collapse-all');
  await page.waitForFunction(() => document.querySelector('#table')?.getAttribute('aria-rowcount') === '3');
  assert.deepEqual((await names(page)).sort(), ['kthreadd', 'systemd']);
});

test('after many updates the rows are those of a page that is opened now', async (t) => {
  const { server, url } = await fakeServer(t, { size: 400 });
  const page = await open(t, url);
  await drawn(page);
  for (let i = 0; i < 30; i++) {
    server.step();
    await page.waitForTimeout(20);
  }
  const opened = await open(t, url);
  await drawn(opened);
  const wanted = await rowsAsSeen(opened);
  // The last update may still be on its way.
  for (let tries = 0; tries < 50 && !isDeepStrictEqual(await rowsAsSeen(page), wanted); tries++) await page.waitForTimeout(100);
  assert.deepEqual(await rowsAsSeen(page), wanted);
});

test('search marks what it finds and keeps the ancestors', async (t) => {
  const { page } = await openTree(t);
  await page.keyboard.press('/');
  await page.keyboard.type('POSTGRES');
  await page.waitForSelector('mark:text-is("postgres")');
  const shown = await names(page);
  assert.ok(shown.includes('postgres') && shown.includes('systemd') && !shown.includes('kthreadd'), shown.join());
  assert.deepEqual(new Set(await page.$$eval('.row[id] .label mark', (marks) => marks.map((m) => m.textContent))), new Set(['postgres']));
  assert.match(await row(page, 'systemd').getAttribute('class') ?? '', /context/);
  assert.match(await page.innerText('#count'), /^\d+ of 60$/);
  await page.keyboard.press('Enter');
  assert.equal(await page.evaluate(() => document.activeElement?.id), 'table');
  await page.fill('#search', 'no such process');
  await page.click('#empty >> text=Clear filters');
  await page.waitForSelector('.row .label:text-is("kthreadd")');
  assert.equal(await page.inputValue('#search'), '');
});

test('filters by user, state, group and thresholds', async (t) => {
  const { server, page } = await openTree(t);
  const processes = [...server.host.processes.values()];
  const total = (/** @type {(p: any) => boolean} */ wanted) => `${processes.filter(wanted).length} of 60`;
  const expectCount = (/** @type {string} */ text) => page.waitForFunction((want) => document.querySelector('#count')?.textContent === want, text);

  await page.click('#filter-user');
  await page.click('#filter-user-menu >> text=postgres');
  await expectCount(total((p) => p.user === 'postgres'));
  await page.keyboard.press('Escape');
  assert.equal(await page.innerText('#filter-user .chosen'), 'postgres');
  await page.click('#filter-clear');

  await page.click('#filter-group');
  await page.click('#filter-group-menu >> text=kernel');
  await expectCount(total((p) => p.group === 'kernel'));
  await page.keyboard.press('Escape');
  await page.click('#filter-clear');

  await page.click('.chip.state-sleeping');
  await expectCount(total((p) => p.state === 'sleeping'));
  await page.click('.chip.state-sleeping');

  await page.click('#filter-cpu');
  await page.fill('#filter-cpu-menu input', '0.1');
  await expectCount(total((p) => p.cpu.cores >= 0.1));
  await page.keyboard.press('Escape');
  await page.click('#filter-clear');

  await page.click('#filter-memory');
  await page.click('#filter-memory-menu >> text=100 MiB');
  await expectCount(total((p) => p.memory.resident_bytes >= 100 * 2 ** 20));
  await page.keyboard.press('Escape');
  await page.click('#filter-clear');

  await page.click('#filter-user');
  await page.click('#filter-user-menu >> text=Kernel threads');
  await expectCount(total((p) => !p.kernel));
});

test('sort by click, in a list', async (t) => {
  const { server, page } = await openTree(t);
  await page.click('button[aria-label="List"]');
  await page.click('.heading[data-column="memory"] button');
  const sorted = [...server.host.processes.values()].sort((a, b) => b.memory.resident_bytes - a.memory.resident_bytes || a.pid - b.pid);
  await page.waitForSelector('.heading[data-column="memory"][aria-sort="descending"]');
  // The heading says so at once, the rows with the next frame.
  await page.waitForFunction((pids) => pids.every((pid, i) => document.querySelector(`.row[aria-rowindex="${i + 2}"] .pid-cell`)?.textContent === pid), sorted.slice(0, 5).map((p) => String(p.pid)));
  assert.deepEqual((await names(page)).slice(0, 5), sorted.slice(0, 5).map((p) => p.name));
  await page.click('.heading[data-column="memory"] button');
  await page.waitForSelector('.heading[data-column="memory"][aria-sort="ascending"]');
  await page.click('.heading[data-column="start_time"] button');
  await page.waitForSelector('.heading[data-column="start_time"][aria-sort="descending"]');
});

test('columns are chosen, and taken back', async (t) => {
  const { page } = await openTree(t);
  await page.click('#columns');
  await page.click('#columns-menu >> text="Swap"');
  await page.waitForSelector('.heading[data-column="swap"]');
  await page.click('#columns-menu >> text="Threads"');
  await page.waitForSelector('.heading[data-column="threads"]', { state: 'detached' });
  await page.click('#columns-menu >> text=Default columns');
  await page.waitForSelector('.heading[data-column="threads"]');
  await page.waitForSelector('.heading[data-column="swap"]', { state: 'detached' });
});

/**
 * Waits until the row under the cursor says so: rows are drawn with the next frame.
 * @param {import('playwright-core').Page} page
 * @param {string} attribute
 * @param {string} value
 */
const cursorHas = (page, attribute, value) => page.waitForFunction(
  (want) => document.querySelector('.row[aria-selected="true"]')?.getAttribute(want.attribute) === want.value,
  { attribute, value },
);

test('by keyboard alone', async (t) => {
  const { server, page } = await openTree(t, '&sort=pid:asc');
  while (await page.evaluate(() => document.activeElement?.id) !== 'table') await page.keyboard.press('Tab');
  await page.keyboard.press('ArrowDown');
  await page.waitForSelector('.row[aria-selected="true"]');
  assert.equal(await cursor(page).locator('.label').innerText(), 'systemd');
  assert.equal(await page.getAttribute('#table', 'aria-activedescendant'), await cursor(page).getAttribute('id'));
  await page.keyboard.press('ArrowLeft');
  await cursorHas(page, 'aria-expanded', 'false');
  await page.keyboard.press('ArrowRight');
  await cursorHas(page, 'aria-expanded', 'true');
  await page.keyboard.press('ArrowRight');
  await cursorHas(page, 'aria-level', '2');
  await page.keyboard.press('ArrowLeft');
  await cursorHas(page, 'aria-expanded', 'false');
  await page.keyboard.press('ArrowLeft');
  await cursorHas(page, 'aria-level', '1');
  await page.keyboard.press('*');
  await page.waitForFunction((n) => document.querySelector('#table')?.getAttribute('aria-rowcount') === String(n + 1), server.host.processes.size);
  for (const modifier of ['Control+', '']) {
    await page.keyboard.press(`${modifier}Home`);
    await cursorHas(page, 'aria-rowindex', '2');
    await page.keyboard.press(`${modifier}End`);
    await cursorHas(page, 'aria-rowindex', String(server.host.processes.size + 1));
  }
  await page.keyboard.press('Enter');
  await page.waitForSelector('#drawer:not([hidden])');
  await page.keyboard.press('Escape');
  await page.waitForSelector('#drawer', { state: 'hidden' });
  assert.equal(await page.evaluate(() => document.activeElement?.id), 'table');
  await page.keyboard.press('_');
  await page.waitForFunction(() => document.querySelector('#table')?.getAttribute('aria-rowcount') === '3');
  await page.keyboard.press('t');
  await page.waitForSelector('button[aria-label="List"][aria-pressed="true"]');
  await page.keyboard.press('?');
  await page.waitForSelector('#help-menu dt');
});

test('the cursor stays with its process when the rows move', async (t) => {
  const { server, page } = await openTree(t);
  await row(page, 'postgres').locator('.pid-cell').click();
  const id = await cursor(page).getAttribute('id');
  for (let i = 0; i < 5; i++) server.step();
  await page.waitForTimeout(300);
  assert.equal(await cursor(page).getAttribute('id'), id);
});

test('10,000 processes: few rows in the document, and the last can be reached', async (t) => {
  const { server, url } = await fakeServer(t, { size: 10_000 });
  const page = await open(t, `${url}&view=list&sort=pid:asc`);
  await drawn(page);
  assert.equal(await rowCount(page), 10_000);
  const inDocument = await page.locator('#table .row').count();
  assert.ok(inDocument < 60, `${inDocument} rows`);
  await page.focus('#table');
  await page.keyboard.press('End');
  const last = Math.max(...server.host.processes.keys());
  await page.waitForFunction((pid) => document.querySelector('.row[aria-selected="true"] .pid-cell')?.textContent === String(pid), last);
  await page.fill('#search', `${last}`);
  await page.waitForFunction(() => /^\d of 10,000$/.test(document.querySelector('#count')?.textContent ?? ''));
});
