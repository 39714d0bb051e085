/** The recording on the page, in front of the real exporter: a burner, a crash and a gap that the test makes. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { chmod, copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Exporter } from './exporter.js';
import { browserForFile, drawn, row } from './page.js';

/** @import { Page } from 'playwright-core' */

/** The kernel keeps 15 bytes. */
const BURNER = `burn-${process.pid}`;
const PATIENCE_MILLISECONDS = 60_000;

const open = browserForFile();
/** @type {string} */
let directory;
/** @type {Exporter} */
let exporter;
/** When the burner ran, by the tables that show it, and the last table before the gap. */
const seen = { first: 0, last: 0, beforeGap: 0 };
/** @type {(() => unknown)[]} */
const cleanUp = [];

/** @param {string} path */
const ask = async (path) => /** @type {any} */ (await (await fetch(exporter.url + path)).json()).data;

/** @template T @param {() => Promise<T|undefined|false|0>} check @param {string} what @returns {Promise<T>} */
async function eventually(check, what) {
  const deadline = Date.now() + PATIENCE_MILLISECONDS;
  for (;;) {
    const got = await check();
    if (got) return got;
    assert.ok(Date.now() < deadline, `waited in vain for ${what}`);
    await new Promise((resolve) => { setTimeout(resolve, 200); });
  }
}

/** The time of the newest table that was recorded, if the burner is in it as wanted. @param {boolean} runs */
async function newestTable(runs) {
  const to = (await ask('api/v1/history?points=1'))?.to;
  if (to === undefined) return undefined;
  const table = await ask(`api/v1/processes?q=name:${BURNER}&time=${to}`);
  return table?.matched === (runs ? 1 : 0) ? table.time : undefined;
}

before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'proctree-past-'));
  cleanUp.push(() => rm(directory, { recursive: true, force: true }));
  exporter = await Exporter.start({ after: (/** @type {any} */ end) => { cleanUp.unshift(end); } }, [`--history.dir=${join(directory, 'recording')}`, '--history.interval=1s']);
  await eventually(() => newestTable(false), 'the first table');
  const program = join(directory, BURNER);
  await copyFile('/bin/sh', program);
  await chmod(program, 0o755);
  const burner = spawn(program, ['-c', 'while :; do :; done'], { stdio: 'ignore' });
  cleanUp.unshift(() => burner.kill('SIGKILL'));
  seen.first = await eventually(() => newestTable(true), 'the burner');
  seen.last = await eventually(async () => {
    const time = await newestTable(true);
    return time !== undefined && time > seen.first && time;
  }, 'a second table with the burner');
  burner.kill('SIGSEGV');
  seen.beforeGap = await eventually(() => newestTable(false), 'its end');
  // A gap of more than two intervals and a second.
  await exporter.stop();
  await new Promise((resolve) => { setTimeout(resolve, 5000); });
  await exporter.start();
  await eventually(async () => (await ask('api/v1/history?points=1'))?.to > seen.beforeGap + 5, 'a table after the gap');
}, { timeout: 5 * PATIENCE_MILLISECONDS });
after(async () => { for (const end of cleanUp) await end(); });

/** @param {Page} page */
const strip = (page) => page.waitForSelector('#past:not([hidden]) .strip');

/** @param {Page} page */
const momentOfAddress = (page) => page.evaluate(() => Date.parse(new URLSearchParams(location.hash.slice(1)).get('time') ?? '') / 1000);

const link = (/** @type {number} */ time, rest = '') => `${exporter.url}#interval=1&time=${new Date(Math.round(time * 1000)).toISOString()}${rest}`;

test('a link shows its second: the table, the values of the host, the filters, the drawer and the sums', async (t) => {
  const page = await open(t, link(seen.last, `&q=${BURNER}`));
  await row(page, BURNER).waitFor();
  await strip(page);
  assert.equal(await page.getAttribute('body', 'data-past'), '');
  await page.waitForSelector('#past-note:has-text("ago")');
  assert.match(await page.innerText('#past-note'), /^Past: .* ago · recorded every 1 s$/);
  assert.equal(await page.innerText('#status'), 'Past');
  const { processes: [burner] } = await ask(`api/v1/processes?q=name:${BURNER}&time=${seen.last}`);
  const host = await ask(`api/v1/host?time=${seen.last}`);
  assert.match(await page.innerText('.load-card .figure'), new RegExp(`^${host.load[0].toFixed(2).replace('.', '\\.')}`));
  await page.waitForSelector('#totals:has-text("CPU")');
  await row(page, BURNER).locator('.label').click();
  await page.waitForSelector('#drawer .command code');
  assert.match(await page.innerText('.drawer-title p'), new RegExp(`PID ${burner.pid} `));
  assert.match(await page.innerText('.command code'), /while/);
  assert.equal(await page.locator('#drawer button:has-text("Copy kill")').count(), 0, 'the PID can belong to another process by now');
});

test('keys step by table and minute, Live returns, and Back goes to where one was', async (t) => {
  const page = await open(t, link(seen.first, `&q=${BURNER}`));
  await row(page, BURNER).waitFor();
  await strip(page);
  await page.keyboard.press(',');
  await page.waitForSelector('#empty:has-text("No process matches")');
  await page.waitForFunction((first) => Date.parse(new URLSearchParams(location.hash.slice(1)).get('time') ?? '') / 1000 < first, seen.first);
  await page.keyboard.press('.');
  await row(page, BURNER).waitFor();
  await page.waitForFunction((first) => Date.parse(new URLSearchParams(location.hash.slice(1)).get('time') ?? '') / 1000 > first - 0.002, seen.first);
  await page.focus('#strip');
  await page.keyboard.press('Home');
  await page.waitForSelector('#empty:has-text("No process matches")');
  assert.ok(Number(await page.getAttribute('#strip', 'aria-valuenow')) < seen.first);
  await page.click('#past-live');
  await page.waitForSelector('#status[data-state="live"]');
  await page.waitForFunction(() => !location.hash.includes('time='));
  assert.equal(await page.getAttribute('body', 'data-past'), null);
  await page.goBack();
  await page.waitForSelector('#status[data-state="past"]');
  assert.ok(await momentOfAddress(page) < seen.first);
});

test('a click on the strip goes to that second, and dragging asks for one table at a time', async (t) => {
  const page = await open(t, `${exporter.url}#interval=1&q=${BURNER}`);
  await strip(page);
  await page.waitForSelector('.strip-gap');
  let under = 0;
  let most = 0;
  let asked = 0;
  page.on('request', (request) => { if (request.url().includes('layout=columns')) { asked++; most = Math.max(most, ++under); } });
  const done = (/** @type {import('playwright-core').Request} */ request) => { if (request.url().includes('layout=columns')) under--; };
  page.on('requestfinished', done);
  page.on('requestfailed', done);
  const box = await page.locator('#strip').boundingBox();
  assert.ok(box);
  const [first, last] = await Promise.all(['aria-valuemin', 'aria-valuemax'].map(async (name) => Number(await page.getAttribute('#strip', name))));
  const x = (/** @type {number} */ time) => box.x + (time - first) / (last - first) * box.width;
  await page.mouse.move(x(first) + 1, box.y + 30);
  await page.mouse.down();
  for (let i = 1; i <= 20; i++) await page.mouse.move(x(first + (seen.last - first) * i / 20), box.y + 30);
  await row(page, BURNER).waitFor();
  await page.mouse.up();
  assert.ok(asked >= 1 && most === 1, `${asked} requests, at most ${most} at once`);
  // In the gap there is no table: the nearest one is shown.
  await page.mouse.click(x(seen.beforeGap + 4), box.y + 30);
  await page.waitForFunction((time) => Date.parse(new URLSearchParams(location.hash.slice(1)).get('time') ?? '') / 1000 > time - 0.01, seen.beforeGap);
  await page.waitForSelector('#past-note:has-text("ago")');
});

test('the strip zooms by wheel, buttons and keys', async (t) => {
  const page = await open(t, `${exporter.url}#interval=1`);
  await strip(page);
  await page.waitForSelector('.strip-gap');
  const ticks = () => page.$$eval('.strip text', (texts) => texts.map((text) => text.textContent).join());
  const whole = await ticks();
  await page.click('[aria-label="Zoom in"]');
  await page.waitForFunction((before) => [...document.querySelectorAll('.strip text')].map((text) => text.textContent).join() !== before, whole);
  await page.click('[aria-label="The whole recording"]');
  await page.waitForSelector('[aria-label="Zoom out"]:disabled');
  await page.hover('#strip');
  await page.waitForSelector('.strip-tip:not([hidden])');
  await page.mouse.wheel(0, -300);
  await page.waitForSelector('[aria-label="Zoom out"]:not(:disabled)');
  await page.focus('#strip');
  await page.keyboard.press('-');
  await page.keyboard.press('-');
  await page.waitForSelector('[aria-label="Zoom out"]:disabled');
});

test('a short part of the strip has the crash at its second', async (t) => {
  const page = await open(t, link(seen.beforeGap, `&q=${BURNER}`));
  await strip(page);
  await page.waitForSelector('.strip-gap');
  await page.click('[aria-label="Zoom in"]');
  // The recording itself names crashes by the minute, and the exporter was killed before that.
  await page.waitForSelector('.strip .mark-crash', { state: 'attached' });
});

test('the recording is played, and after its end comes the present', async (t) => {
  const page = await open(t, link(seen.first, `&q=${BURNER}`));
  await row(page, BURNER).waitFor();
  await strip(page);
  await page.selectOption('#past select', '5');
  await page.click('#past-play');
  await page.waitForSelector('#past-note:has-text("plays at 5 ×")');
  await page.waitForSelector('#empty:has-text("No process matches")');
  await page.waitForFunction((first) => Date.parse(new URLSearchParams(location.hash.slice(1)).get('time') ?? '') / 1000 > first, seen.first);
  await page.waitForSelector('#status[data-state="live"]', { timeout: PATIENCE_MILLISECONDS });
});

test('between two moments: who used most and what crashed, and from there into the tree before its end', async (t) => {
  const page = await open(t, `${exporter.url}#interval=1`);
  await strip(page);
  await page.click('#past-between');
  await page.waitForSelector('#between .between-part');
  const crashed = page.locator('#between .between-part:has(h3:text-matches("^Crashed")) tr', { hasText: BURNER });
  await crashed.waitFor();
  assert.match(await crashed.innerText(), /SIGSEGV/);
  assert.match(await crashed.innerText(), /while :/);
  assert.ok(await page.locator('#between .between-part:has(h3:text-is("Most CPU time")) tbody tr').count() > 0);
  const report = await page.locator('#between a', { hasText: 'Report' }).getAttribute('href');
  assert.match(await (await fetch(report ?? '')).text(), new RegExp(BURNER));
  assert.match(await page.evaluate(() => location.hash), /view=between&from=[^&]+&to=/);
  await crashed.locator('.link').click();
  await page.waitForSelector(`#drawer .drawer-title h2:text-is("${BURNER}")`);
  await row(page, BURNER).waitFor();
  // Its life goes beyond the moment that is shown, to its end.
  await page.waitForSelector('#drawer .life-chart.cores-life');
  await page.waitForSelector('#drawer .life dd:has-text("SIGSEGV")');
});

test('a part of the strip is selected by dragging', async (t) => {
  const page = await open(t, `${exporter.url}#interval=1`);
  await strip(page);
  await page.waitForSelector('.strip-gap');
  const box = await page.locator('#strip').boundingBox();
  assert.ok(box);
  await page.keyboard.down('Shift');
  await page.mouse.move(box.x + box.width * 0.2, box.y + 30);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.3, box.y + 30);
  await page.mouse.move(box.x + box.width * 0.4, box.y + 30);
  await page.waitForSelector('.strip-span');
  await page.mouse.up();
  await page.keyboard.up('Shift');
  await page.waitForSelector('#between:not([hidden])');
  assert.equal(await page.getAttribute('#past-between', 'aria-pressed'), 'true');
  assert.equal(await page.getAttribute('body', 'data-past'), null, 'the page itself stays in the present');
  await page.click('.between-close');
  await drawn(page);
  assert.equal(await page.isVisible('#between'), false);
});

test('a process that has ended has its life: charts, events and end', async (t) => {
  const { processes: [burner] } = await ask(`api/v1/processes?q=name:${BURNER}&time=${seen.last}`);
  const page = await open(t, `${exporter.url}#interval=1&process=${burner.id}`);
  await strip(page);
  await page.click('#drawer .life summary');
  await page.waitForSelector('#drawer .life-chart.cores-life');
  await page.waitForSelector('#drawer .life-chart.memory-life');
  await page.waitForSelector('#drawer .life dd:has-text("SIGSEGV")');
  await page.waitForSelector('#drawer .life-events li:has-text("SIGSEGV")');
  await page.locator('#drawer .life-events li:has-text("SIGSEGV") .link').click();
  await page.waitForSelector('#status[data-state="past"]');
});

test('a link to a process of a moment has its details, although the table comes later', async (t) => {
  const { processes: [burner] } = await ask(`api/v1/processes?q=name:${BURNER}&time=${seen.last}`);
  const page = await open(t, 'about:blank');
  // The table is held until the drawer has tried to ask.
  await page.route('**/api/v1/processes?layout=columns**', async (route) => {
    await new Promise((resolve) => { setTimeout(resolve, 1500); });
    await route.continue();
  });
  await page.goto(link(seen.last, `&process=${burner.id}`));
  await page.waitForSelector('#drawer .command code');
});

test('events: the search and the kinds narrow them, and a row leads to the tree of its second', async (t) => {
  const page = await open(t, link(seen.beforeGap, '&view=events'));
  await strip(page);
  await page.fill('#search', BURNER);
  const exit = page.locator('#events tr', { hasText: 'SIGSEGV' });
  await exit.waitFor();
  assert.match(await exit.innerText(), new RegExp(BURNER));
  await page.click('#events [data-kind="exec"]');
  await exit.waitFor({ state: 'detached' });
  await page.click('#events [data-kind="abnormal"]');
  await exit.waitFor();
  await exit.locator('.link').click();
  await row(page, BURNER).waitFor();
  assert.equal(await page.isVisible('#events'), false);
});

test('events follow the present', async (t) => {
  const page = await open(t, `${exporter.url}#interval=1&view=events&q=${BURNER}-new`);
  await page.waitForSelector('#events:has-text("No such events")');
  const program = join(directory, `${BURNER}-new`);
  await copyFile('/bin/sh', program);
  const child = spawn(program, ['-c', 'exit 3'], { stdio: 'ignore' });
  t.after(() => child.kill());
  await page.waitForSelector('#events td:text-matches("exit")', { timeout: PATIENCE_MILLISECONDS });
});

test('an exporter that does not record has no strip', async (t) => {
  const present = await Exporter.start(t);
  const page = await open(t, `${present.url}#interval=1`);
  await drawn(page);
  await page.waitForSelector('#host-facts:has-text("CPUs")');
  assert.equal(await page.isVisible('#past'), false);
  const other = await open(t, `${present.url}#interval=1&time=2026-01-01T00:00:00Z`);
  await other.waitForSelector('#notices .notice:has-text("no recording")');
  await drawn(other);
  // The address follows the page a moment later.
  await other.waitForFunction(() => !location.hash.includes('time='));
});

test('a link to a time before the recording says why there is nothing', async (t) => {
  const page = await open(t, link(seen.first - 86_400));
  await page.waitForSelector('#empty:has-text("nothing was recorded at")');
  await strip(page);
  await page.click('#past-live');
  await drawn(page);
});
