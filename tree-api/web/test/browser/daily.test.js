import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PHONE, browserForFile, drawn, fakeServer, row } from './page.js';
import { quotePosix } from '../../quote.js';

/** @import { Page } from 'playwright-core' */

const open = browserForFile();

/** The name in the row with the cursor. @param {Page} page */
const cursorName = (page) => page.innerText('.row[aria-selected="true"] .label');

/** Makes the page believe that its tab is hidden, or shown. @param {Page} page @param {boolean} hidden */
const hide = (page, hidden) => page.evaluate((value) => {
  Object.defineProperty(document, 'hidden', { configurable: true, get: () => value });
  document.dispatchEvent(new Event('visibilitychange'));
}, hidden);

test('Enter in the search goes to the first match, n and N to the next and the one before', async (t) => {
  const { url } = await fakeServer(t);
  const page = await open(t, url);
  await drawn(page);
  await page.keyboard.press('/');
  await page.keyboard.type('postgres');
  await page.waitForSelector('#table .row.context');
  await page.keyboard.press('Enter');
  assert.equal(await page.evaluate(() => document.activeElement?.id), 'table');
  assert.equal(await cursorName(page), 'postgres');
  const cursor = () => page.getAttribute('#table', 'aria-activedescendant');
  const first = await cursor();
  await page.keyboard.press('n');
  const second = await cursor();
  assert.notEqual(second, first);
  assert.equal(await cursorName(page), 'postgres');
  await page.keyboard.press('N');
  assert.equal(await cursor(), first);
  await page.keyboard.press('N');
  assert.notEqual(await cursor(), first, 'before the first match is the last one');
  await page.keyboard.press('n');
  assert.equal(await cursor(), first);
  await page.keyboard.press('Enter');
  await page.waitForSelector('#drawer h2:text-is("postgres")');
});

for (const secure of [true, false]) {
  test(`a command line is copied so that no part of it runs, ${secure ? 'on loopback' : 'over plain http'}`, async (t) => {
    const { server, url } = await fakeServer(t);
    const args = ['sh', '-c', 'echo $(id) it\'s'];
    for (const process of server.host.processes.values()) if (process.cmdline) process.cmdline = args;
    const page = await open(t, url, { permissions: ['clipboard-read', 'clipboard-write'] });
    if (!secure) await page.evaluate(() => Object.defineProperty(globalThis, 'isSecureContext', { value: false }));
    await drawn(page);
    await row(page, 'postgres').locator('.label').click();
    await page.click('.command >> text=Copy');
    await page.waitForSelector('.command >> text=Copied');
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), quotePosix(args));
    await page.click('.command >> text=One per line');
    assert.equal(await page.innerText('.command code'), args.join('\n'));
  });
}

test('details go on after the tab was hidden', async (t) => {
  const { url } = await fakeServer(t);
  const page = await open(t, url);
  await drawn(page);
  await row(page, 'postgres').locator('.label').click();
  await page.waitForSelector('#drawer details');
  await page.clock.install();
  await hide(page, true);
  await page.clock.runFor(20_000);
  const asked = page.waitForRequest(/api\/v1\/processes\/\d+/);
  await hide(page, false);
  await page.clock.runFor(1000);
  await asked;
  const again = page.waitForRequest(/api\/v1\/processes\/\d+/);
  await page.clock.runFor(6000);
  await again;
});

test('a tab that is hidden for a minute stops its stream, and shows the host again when it is shown', async (t) => {
  const { server, url } = await fakeServer(t);
  const page = await open(t, url);
  await drawn(page);
  await page.clock.install();
  await hide(page, true);
  await page.clock.runFor(59_000);
  assert.equal(server.streams, 1);
  await page.clock.runFor(2000);
  await page.waitForSelector('#status[data-state="paused"]', { state: 'attached' });
  while (server.streams > 0) await new Promise((done) => { setTimeout(done, 20); });
  await hide(page, false);
  await page.clock.runFor(1000);
  await page.waitForSelector('#status[data-state="live"]');
});

test('Back undoes what was done last: drawer, layout, filter', async (t) => {
  const { url } = await fakeServer(t);
  const page = await open(t, url);
  await drawn(page);
  await page.fill('#search', 'postgres');
  await page.waitForFunction(() => location.hash.includes('q=postgres'));
  await page.click('button[aria-label="List"]');
  await page.waitForFunction(() => location.hash.includes('view=list'));
  await row(page, 'postgres').locator('.label').click();
  await page.waitForSelector('#drawer:not([hidden])');
  await page.goBack();
  await page.waitForSelector('#drawer', { state: 'hidden' });
  assert.equal(await page.inputValue('#search'), 'postgres');
  await page.goBack();
  await page.waitForSelector('button[aria-label="Tree"][aria-pressed="true"]');
  await page.goBack();
  await page.waitForFunction(() => /** @type {HTMLInputElement} */ (document.querySelector('#search')).value === '');
  await page.goForward();
  await page.waitForFunction(() => /** @type {HTMLInputElement} */ (document.querySelector('#search')).value === 'postgres');
});

test('on a phone Back closes the drawer, also one that was closed and opened again', async (t) => {
  const { url } = await fakeServer(t);
  const page = await open(t, url, { viewport: PHONE, isMobile: true, hasTouch: true });
  await drawn(page);
  const length = await page.evaluate(() => history.length);
  for (let i = 0; i < 2; i++) {
    await row(page, 'systemd').locator('.label').tap();
    await page.waitForSelector('#drawer:not([hidden])');
    await page.tap('#drawer [aria-label="Close"]');
    await page.waitForSelector('#drawer', { state: 'hidden' });
    await page.waitForFunction(() => !location.hash.includes('process='));
  }
  await row(page, 'systemd').locator('.label').tap();
  await page.waitForSelector('#drawer:not([hidden])');
  await page.goBack();
  await page.waitForSelector('#drawer', { state: 'hidden' });
  assert.equal(await page.evaluate(() => history.length), length + 1);
});

test('nothing above the table changes its height', async (t) => {
  const { server, url } = await fakeServer(t);
  const page = await open(t, url);
  await drawn(page);
  const top = () => page.evaluate(() => document.querySelector('#table')?.getBoundingClientRect().top);
  const before = await top();
  for (const width of [1440, 1000, 720]) {
    await page.setViewportSize({ width, height: 900 });
    const usual = await top();
    await page.fill('#search', 'postgres');
    await page.waitForFunction(() => document.querySelector('#count')?.textContent?.includes(' of '));
    assert.equal(await top(), usual, `with a search, ${width} px`);
    await page.fill('#search', '');
    await page.waitForFunction(() => !document.querySelector('#count')?.textContent?.includes(' of '));
    assert.equal(await page.isVisible('#filter-clear'), false, 'the button to clear filters goes with the last of them');
    assert.equal(await top(), usual, `without, ${width} px`);
  }
  await page.setViewportSize({ width: 1440, height: 900 });
  await server.close();
  await page.waitForSelector('.notice.bad:not([hidden])');
  assert.equal(await top(), before, 'with a notice');
});

test('a printed page has all matching rows and no controls', async (t) => {
  const { url } = await fakeServer(t, { size: 500 });
  const page = await open(t, url);
  await drawn(page);
  await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
  await page.emulateMedia({ media: 'print' });
  const rows = await page.$$eval('.sheet tbody tr', (list) => list.length);
  assert.equal(rows, Number(await page.getAttribute('#table', 'aria-rowcount')) - 1);
  assert.ok(rows > 60, `${rows} rows`);
  assert.equal(await page.isVisible('#search'), false);
  assert.equal(await page.isVisible('#table'), false);
  assert.equal(await page.isVisible('.sheet'), true);
  await page.evaluate(() => dispatchEvent(new Event('afterprint')));
  assert.equal(await page.$('.sheet'), null);
});

test('in forced colours arrows, states, bars and the selected row can be seen', async (t) => {
  const { url } = await fakeServer(t);
  const page = await open(t, url, { forcedColors: 'active' });
  await drawn(page);
  await row(page, 'systemd').locator('.label').click();
  const shown = await page.evaluate(() => {
    const style = (/** @type {string} */ selector, /** @type {string} */ pseudo = '') => getComputedStyle(/** @type {Element} */ (document.querySelector(selector)), pseudo);
    return {
      arrow: style('.row[aria-expanded="true"] .twist', '::before').content,
      outline: style('.row[aria-selected="true"]').outlineStyle,
      dot: style('.row .state-cell', '::before').borderTopStyle,
      bar: style('.fill').backgroundColor !== style('.track').backgroundColor,
    };
  });
  assert.deepEqual(shown, { arrow: '"−"', outline: 'solid', dot: 'solid', bar: true });
});

test('a search with a mistake says so beside the box, and the table stays where it is', async (t) => {
  const { url } = await fakeServer(t);
  const page = await open(t, url);
  await drawn(page);
  const top = (await page.locator('#table').boundingBox())?.y;
  await page.fill('#search', 'pid:1');
  await page.waitForFunction(() => document.querySelector('#count')?.textContent?.startsWith('1 of'));
  await page.fill('#search', 'pid:one');
  await page.waitForSelector('#search-problem:text-is("pid:one: write a number")');
  assert.equal(await page.getAttribute('#search', 'aria-invalid'), 'true');
  assert.match(await page.innerText('#count'), /^1 of/, 'the search before stays in force');
  assert.equal((await page.locator('#table').boundingBox())?.y, top);
  await page.fill('#search', 'user:/^postgres$/ cpu>=0');
  await page.waitForSelector('#search-problem', { state: 'hidden' });
  await page.keyboard.press('Enter');
  assert.equal(await cursorName(page), 'postgres');
});

test('Enter goes to the process with exactly that PID first', async (t) => {
  const { server, url } = await fakeServer(t, { size: 300 });
  const pids = [...server.host.processes.values()].map((/** @type {any} */ p) => p.pid);
  const wanted = pids.find((pid) => pids.some((other) => other !== pid && String(other).includes(String(pid)) && other < 10 * pid + 10) && pid > 9);
  const page = await open(t, url);
  await drawn(page);
  await page.fill('#search', String(wanted));
  await page.keyboard.press('Enter');
  await page.waitForSelector('#table .row[aria-selected="true"]');
  assert.ok((await page.getAttribute('#table .row[aria-selected="true"]', 'id'))?.includes(`${wanted}-`));
});

test('how to search is a click away, on a phone too', async (t) => {
  const { url } = await fakeServer(t);
  for (const viewport of [undefined, PHONE]) {
    const page = await open(t, url, viewport && { viewport });
    await drawn(page);
    await page.click('#search-help');
    await page.waitForSelector('#search-help-menu code:text-is("mem>1g")');
    const box = await page.locator('#search-help-menu').boundingBox();
    assert.ok(box && box.x >= 0 && box.x + box.width <= (viewport?.width ?? 1440), JSON.stringify(box));
  }
});
