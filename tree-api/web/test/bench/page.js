/**
 * Measures the page in Chromium against its budgets: node bench/page.js [processes].
 * Times are medians; exits with 1 if a budget is exceeded at 10,000 processes or fewer.
 */
import { launch } from '../browser/browser.js';
import { FakeHost } from '../fake/host.js';
import { FakeServer } from '../fake/server.js';
import { openFloor, stepFloor } from './floor.js';

/** @import { CDPSession, Page } from 'playwright-core' */

const size = Number(process.argv[2] ?? 10_000);
/** The page and a bare table are updated in turns, as the machine's speed changes within seconds. */
const TURNS = 6;
const UPDATES_IN_TURN = 20;
const WORDS = 'node worker';
const MB = 1e6;
/** A browser that has just started still loads hundreds of modules of its own surface. */
const BROWSER_RESTS_MILLISECONDS = 6000;
const MOST_MILLISECONDS = 30_000;

const server = new FakeServer(new FakeHost({ size }));
const url = await server.listen();
const browser = await launch();
const page = await newPage();
const cdp = await watch(page);
const bare = await newPage();
await openFloor(bare);
const bareCDP = await watch(bare);

function newPage() { return browser.newPage({ viewport: { width: 1440, height: 900 } }); }

/** @param {Page} one */
async function watch(one) {
  const session = await one.context().newCDPSession(one);
  // The CPU time of the thread, as its wall time depends on who else uses the machine.
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  return session;
}

/** Which of Chromium's values stand for what the main thread does. */
const KINDS = /** @type {const} */ ({ all: 'TaskDuration', script: 'ScriptDuration', style: 'RecalcStyleDuration', layout: 'LayoutDuration' });

/** Milliseconds that the main thread has worked since the page was opened, by kind. @param {CDPSession} session */
async function mainThread(session) {
  const { metrics } = await session.send('Performance.getMetrics');
  const value = (/** @type {string} */ name) => (metrics.find((m) => m.name === name)?.value ?? NaN) * 1000;
  return { all: value(KINDS.all), script: value(KINDS.script), style: value(KINDS.style), layout: value(KINDS.layout) };
}

/** @param {number[]} values */
const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];

/**
 * Milliseconds of the main thread for each of some actions, by kind; paint and all else is
 * what `all` has more than the others together.
 * @param {number} count
 * @param {() => unknown} action
 * @param {CDPSession} [session] Of the page in which it happens.
 */
async function costs(count, action, session = cdp) {
  const list = [];
  for (let i = 0; i < count; i++) {
    const before = await mainThread(session);
    await action();
    await page.waitForTimeout(120);
    const after = await mainThread(session);
    list.push({ all: after.all - before.all, script: after.script - before.script, style: after.style - before.style, layout: after.layout - before.layout });
  }
  return list;
}

/** The median by kind. @param {Awaited<ReturnType<typeof costs>>} list */
function medians(list) {
  const of = (/** @type {keyof typeof KINDS} */ kind) => median(list.map((one) => one[kind]));
  return { all: of('all'), script: of('script'), style: of('style'), layout: of('layout') };
}

/** What an update costs the page, and a bare table. */
async function updates() {
  /** @type {Awaited<ReturnType<typeof costs>>} */
  const ours = [];
  /** @type {Awaited<ReturnType<typeof costs>>} */
  const least = [];
  for (let turn = 0; turn < TURNS; turn++) {
    await bare.bringToFront();
    least.push(...await costs(UPDATES_IN_TURN, () => stepFloor(bare), bareCDP));
    await page.bringToFront();
    ours.push(...await costs(UPDATES_IN_TURN, () => server.step()));
  }
  return { ours: medians(ours), least: medians(least).all };
}

async function firstTree() {
  await page.addInitScript(() => {
    const look = () => {
      if (document.querySelector('.row[id]')) Object.assign(window, { treeAt: performance.now() });
      else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  });
  await page.goto(`${url}#interval=60`);
  // Seldom, as each question takes time from the page.
  for (let waited = 0; waited < MOST_MILLISECONDS; waited += 3000) {
    await page.waitForTimeout(3000);
    const took = await page.evaluate(() => {
      const [navigation] = /** @type {PerformanceNavigationTiming[]} */ (performance.getEntriesByType('navigation'));
      return /** @type {any} */ (window).treeAt - navigation.responseStart;
    });
    if (took > 0) return took;
  }
  throw new Error('the tree is not shown');
}

/** Milliseconds from each key to the picture that shows its effect. */
async function typing() {
  await page.evaluate(() => {
    const times = /** @type {number[]} */ ([]);
    Object.assign(window, { times });
    addEventListener('input', (event) => requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => times.push(performance.now() - event.timeStamp);
      port2.postMessage(null);
    }), true);
  });
  await page.focus('#search');
  await page.keyboard.type(WORDS, { delay: 200 });
  await page.waitForTimeout(300);
  return page.evaluate(() => /** @type {any} */ (window).times);
}

async function heapBytes() {
  await cdp.send('HeapProfiler.collectGarbage');
  const { usedSize, backingStorageSize = 0 } = /** @type {any} */ (await cdp.send('Runtime.getHeapUsage'));
  return usedSize + backingStorageSize;
}

/** @type {{what: string, value: number, unit: string, budget: number}[]} A budget of NaN is none. */
const results = [];
/** @param {string} what @param {number} value @param {string} unit @param {number} budget */
const note = (what, value, unit, budget) => results.push({ what, value: Math.round(value * 10) / 10, unit, budget });

await page.waitForTimeout(BROWSER_RESTS_MILLISECONDS);
// Playwright watches every request, which slows this down: first.js holds the budget.
note('first tree, watched by Playwright', await firstTree(), 'ms', NaN);
await page.waitForTimeout(1000);
const idle = medians(await costs(10, () => {}));
const { ours, least } = await updates();
note('update, main thread', ours.all - idle.all, 'ms', 16);
for (const kind of /** @type {const} */ (['script', 'style', 'layout'])) note(`of that ${kind}`, ours[kind] - idle[kind], 'ms', NaN);
note('the same in a bare table, in turns', least - idle.all, 'ms', NaN);
note('update ÷ bare table', (ours.all - idle.all) / (least - idle.all), '', NaN);
note('a letter in the filter, key to picture', median(await typing()), 'ms', 50);
const filtered = await updates();
note('update while filtered, main thread', filtered.ours.all - idle.all, 'ms', 16);
note('update while filtered ÷ bare table', (filtered.ours.all - idle.all) / (filtered.least - idle.all), '', NaN);
await page.fill('#search', '');
await page.waitForTimeout(1000);
note(`heap after ${2 * TURNS * UPDATES_IN_TURN} updates`, await heapBytes() / MB, 'MB', 60);

console.log(`${size} processes`);
console.table(results);
await browser.close();
await server.close();
if (size <= 10_000 && results.some(({ value, budget }) => value > budget)) {
  console.error('over budget');
  process.exitCode = 1;
}
