/** The recording on the page, in front of the real exporter: a burner, a crash and a gap that the test makes. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { chmod, copyFile, mkdir, mkdtemp, readFile, rm, rmdir, writeFile } from 'node:fs/promises';
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
  await page.waitForFunction(() => /view=between&from=[^&]+&to=/.test(location.hash));
  await crashed.locator('.link').click();
  await page.waitForSelector(`#drawer .drawer-title h2:text-is("${BURNER}")`);
  await row(page, BURNER).waitFor();
  // Its life goes beyond the moment that is shown, to its end.
  await page.waitForSelector('#drawer .life-chart.cpu-life');
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
  await page.waitForSelector('#drawer .life-chart.cpu-life');
  await page.waitForSelector('#drawer .life-chart.memory-life');
  await page.waitForSelector('#drawer .life dd:has-text("SIGSEGV")');
  await page.waitForSelector('#drawer .life-events li:has-text("SIGSEGV")');
  await page.locator('#drawer .life-events li:has-text("SIGSEGV") .link').click();
  await page.waitForSelector('#status[data-state="past"]');
});

test('the culprit of a moment in one click: parents, user, command line and end stand above the charts', async (t) => {
  const page = await open(t, link(seen.last, `&q=${BURNER}`));
  await row(page, BURNER).locator('.label').click();
  const body = page.locator('#drawer .drawer-body');
  await body.locator('.command code').waitFor();
  await body.locator('.life dd:has-text("SIGSEGV")').waitFor();
  await body.locator('.life-chart').first().waitFor();
  assert.ok(await body.locator('.ancestors .link').count() > 0);
  const text = await body.innerText();
  const places = ['User', 'while :', 'SIGSEGV', 'peak '].map((part) => text.indexOf(part));
  assert.deepEqual(places, places.filter((place) => place >= 0).toSorted((a, b) => a - b), text);
  // The end is the recorded moment: the table shows it up to a second later.
  const span = `from=${seen.first - 60}&to=${seen.last + 60}`;
  const exit = (await ask(`api/v1/events?kind=exit&q=${BURNER}&${span}`)).events.find((/** @type {any} */ event) => event.reason === 'SIGSEGV');
  const { process } = await ask(`api/v1/processes/${exit.id}/history?${span}`);
  assert.equal(process.end_time, exit.time);
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
  await page.fill('#search', `name=${BURNER} !user=nobody`);
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

/**
 * A control group with little memory, for one test, in either version of control groups.
 * @param {import('node:test').TestContext} t
 * @returns {Promise<string|undefined>} undefined where none can be made; the test says so.
 */
async function smallMemoryGroup(t) {
  const swaps = (await readFile('/proc/swaps', 'utf8')).trim().split('\n').length - 1;
  const reasons = swaps > 0 ? ['with swap no process runs out of memory soon'] : [];
  for (const [root, limit] of swaps > 0 ? [] : [['/sys/fs/cgroup', 'memory.max'], ['/sys/fs/cgroup/memory', 'memory.limit_in_bytes']]) {
    const group = join(root, `proctree-page-${process.pid}`);
    try {
      await mkdir(group);
    } catch (error) {
      reasons.push(String(error));
      continue;
    }
    t.after(() => eventually(() => rmdir(group).then(() => true, () => false), 'the end of the control group'));
    try {
      // Not made if it is not there: then the directory is no control group.
      await writeFile(join(group, limit), String(8 << 20), { flag: 'r+' });
      return group;
    } catch (error) {
      reasons.push(String(error));
    }
  }
  t.skip(`SKIPPED: no control group with a limit of memory can be made: ${reasons.join('; ')}`);
  return undefined;
}

/** Runs a script by a shell under a name of its own, to its end. @param {string} name @param {string} script @param {string[]} args */
async function run(name, script, ...args) {
  const program = join(directory, name);
  await copyFile('/bin/sh', program);
  const child = spawn(program, ['-c', script, program, ...args], { stdio: 'ignore' });
  await new Promise((resolve) => { child.once('exit', resolve); });
}

/** The list of what happened from a moment on, once the recording has it. @param {import('node:test').TestContext} t @param {number} from @param {string} title @param {string} name */
async function listSince(t, from, title, name) {
  const to = await eventually(async () => {
    const last = (await ask('api/v1/history?points=1')).to;
    const report = last > from && await ask(`api/v1/report?from=${from}&to=${last}`);
    const list = title === 'OOM kills' ? report?.oom_kills?.processes : report?.most_started;
    return list?.some((/** @type {{name: string}} */ entry) => entry.name === name) && last;
  }, `${name} in the report`);
  const iso = (/** @type {number} */ time) => new Date(Math.round(time * 1000)).toISOString();
  const page = await open(t, `${exporter.url}#interval=1&view=between&from=${iso(from)}&to=${iso(to)}`);
  await strip(page);
  const line = page.locator(`#between .between-part:has(h3:text-matches("^${title}")) tr`, { hasText: name });
  await line.waitFor();
  return { page, line };
}

test('a process that ran out of memory: mark, list and tree before its end', async (t) => {
  const group = await smallMemoryGroup(t);
  if (!group) return;
  const eater = `eat-${process.pid}`;
  const from = Date.now() / 1000 - 1;
  // It is there for a table before it grows; a limit of the shell keeps it small where the group does not.
  await run(eater, 'echo $$ >"$1/cgroup.procs"; ulimit -v 1000000; sleep 3; x=0123456789abcdef; while :; do x=$x$x; done', group);
  const { page, line } = await listSince(t, from, 'OOM kills', eater);
  assert.match(await line.innerText(), /out of memory/i);
  await page.waitForSelector('.strip .mark-oom_kill', { state: 'attached' });
  await line.locator('.link').click();
  await row(page, eater).waitFor();
});

test('a fork storm: the program that was started most often, and how often', async (t) => {
  const [leaf, storm] = [`leaf-${process.pid}`, `storm-${process.pid}`];
  const from = Date.now() / 1000 - 1;
  await copyFile('/bin/sh', join(directory, leaf));
  await run(storm, 'i=0; while [ $i -lt 300 ]; do "$1" -c :; i=$((i + 1)); done; sleep 2', join(directory, leaf));
  const { page, line } = await listSince(t, from, 'Most started', leaf);
  assert.match(await line.innerText(), /\b\d{2,3} ×/);
  await page.goto(`${exporter.url}#interval=1&view=events&q=${encodeURIComponent(`name=${storm}`)}`);
  await page.waitForSelector('#events td:text-matches("exec|exit")');
});

test('two fingers zoom and move the strip, and go to no moment', async (t) => {
  const page = await open(t, `${exporter.url}#interval=1`, { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  await strip(page);
  const box = await page.locator('#strip').boundingBox();
  assert.ok(box);
  await page.waitForSelector('[aria-label="Zoom out"]:disabled', { state: 'attached' });
  const ticks = () => page.$$eval('.strip text', (texts) => texts.map((text) => text.getAttribute('x') + text.textContent).join());
  const differ = (/** @type {string} */ before) => page.waitForFunction((was) => [...document.querySelectorAll('.strip text')].map((text) => text.getAttribute('x') + text.textContent).join() !== was, before);
  const whole = await ticks();
  const cdp = await page.context().newCDPSession(page);
  const y = box.y + box.height / 2;
  const touch = (/** @type {'touchStart'|'touchMove'|'touchEnd'} */ type, /** @type {number[]} */ ...shares) => cdp.send('Input.dispatchTouchEvent', {
    type, touchPoints: shares.map((share, id) => ({ id, x: box.x + box.width * share, y })),
  });
  await touch('touchStart', 0.45, 0.55);
  for (const spread of [0.1, 0.15, 0.2, 0.25]) await touch('touchMove', 0.5 - spread, 0.5 + spread);
  await touch('touchEnd');
  await page.waitForSelector('[aria-label="Zoom out"]:not(:disabled)', { state: 'attached' });
  await differ(whole);
  const zoomed = await ticks();
  await touch('touchStart', 0.3, 0.6);
  for (const by of [0.05, 0.1, 0.15]) await touch('touchMove', 0.3 + by, 0.6 + by);
  await touch('touchEnd');
  await differ(zoomed);
  assert.equal(await page.evaluate(() => location.hash.includes('time=')), false, 'the page stays in the present');
});

test('what started again is marked without being asked for', async (t) => {
  const name = `again-${process.pid}`;
  // It must have run for ten seconds, or end with an error.
  await run(`${name}-host`, '"$1" -c "sleep 2; exit 3"; "$1" -c "sleep 3"', await (async () => {
    const program = join(directory, name);
    await copyFile('/bin/sh', program);
    return program;
  })());
  const to = await eventually(async () => (await (await fetch(`${exporter.url}api/v1/report`)).text()).includes('"restarted":[{') && (await ask('api/v1/history?points=1')).to, 'the restart');
  const page = await open(t, link(to));
  await strip(page);
  await page.click('[aria-label="Zoom in"]');
  await page.waitForSelector('.strip .mark-restart', { state: 'attached' });
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
