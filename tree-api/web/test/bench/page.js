/**
 * Measures the page in Chromium against its budgets: node bench/page.js [processes].
 * Times are medians; exits with 1 if a budget is exceeded at 10,000 processes or fewer.
 */
import { launch } from '../browser/browser.js';
import { FakeHost } from '../fake/host.js';
import { FakeServer } from '../fake/server.js';

const size = Number(process.argv[2] ?? 10_000);
const UPDATES = 30;
const WORDS = 'node worker';
const MB = 1e6;

const server = new FakeServer(new FakeHost({ size }));
const url = await server.listen();
const browser = await launch();
const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
const cdp = await page.context().newCDPSession(page);
// The CPU time of the thread, as its wall time depends on who else uses the machine.
await cdp.send('Performance.enable', { timeDomain: 'threadTicks' });

/** Seconds that the main thread has worked since the page was opened. */
async function mainThreadSeconds() {
  const { metrics } = await cdp.send('Performance.getMetrics');
  return metrics.find((m) => m.name === 'TaskDuration')?.value ?? NaN;
}

/** @param {number[]} values */
const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];

/** Milliseconds of the main thread for each of some actions, style, layout and paint included. @param {number} count @param {() => unknown} action */
async function costs(count, action) {
  const list = [];
  for (let i = 0; i < count; i++) {
    const before = await mainThreadSeconds();
    await action();
    await page.waitForTimeout(120);
    list.push((await mainThreadSeconds() - before) * 1000);
  }
  return list;
}

async function firstTree() {
  await page.addInitScript(() => {
    const look = () => {
      if (document.querySelector('.row[id]')) document.documentElement.dataset.treeAt = String(performance.now());
      else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  });
  await page.goto(`${url}#interval=60`);
  await page.waitForSelector('html[data-tree-at]');
  return page.evaluate(() => {
    const [navigation] = /** @type {PerformanceNavigationTiming[]} */ (performance.getEntriesByType('navigation'));
    return Number(document.documentElement.dataset.treeAt) - navigation.responseStart;
  });
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

/** @type {{what: string, value: number, unit: string, budget: number}[]} */
const results = [];
/** @param {string} what @param {number} value @param {string} unit @param {number} budget */
const note = (what, value, unit, budget) => results.push({ what, value: Math.round(value * 10) / 10, unit, budget });

note('first tree after the first byte', await firstTree(), 'ms', 1000);
await page.waitForTimeout(1000);
const idle = median(await costs(10, () => {}));
note('update, main thread', median(await costs(UPDATES, () => server.step())) - idle, 'ms', 16);
note('a letter in the filter, key to picture', median(await typing()), 'ms', 50);
note('update while filtered, main thread', median(await costs(UPDATES, () => server.step())) - idle, 'ms', 16);
await page.fill('#search', '');
for (let i = 0; i < 120; i++) {
  server.step();
  await page.waitForTimeout(20);
}
note('heap after 180 updates', await heapBytes() / MB, 'MB', 60);

console.log(`${size} processes`);
console.table(results);
await browser.close();
await server.close();
if (size <= 10_000 && results.some(({ value, budget }) => value > budget)) {
  console.error('over budget');
  process.exitCode = 1;
}
