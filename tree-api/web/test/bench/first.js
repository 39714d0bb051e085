/**
 * Measures how soon the tree is shown: the real exporter, real processes and Chromium, all on
 * this machine: node bench/first.js [processes]. Exits with 1 if the budget is exceeded at
 * 10,000 processes or fewer.
 */
import { Exporter } from '../browser/exporter.js';
import { Devtools } from './devtools.js';
import { processTree } from './load.js';

const size = Number(process.argv[2] ?? 10_000);
const BUDGET_MILLISECONDS = 1000;
const ROUNDS = 7;
/** A browser that has just started still loads hundreds of modules of its own surface. */
const BROWSER_RESTS_MILLISECONDS = 6000;
/** So does every new window of it, which takes half as much of the CPUs as the page does. */
const WINDOW_RESTS_MILLISECONDS = 2500;
/** So long nobody asks the page anything, as each question takes time from it. */
const PAGE_MILLISECONDS = 3000;
/** For a page that was closed takes down a process of the browser. */
const BETWEEN_MILLISECONDS = 2000;

/** Runs in the page before all else: notes when the tree is shown. */
const WATCH = `{
  const look = () => {
    if (document.querySelector('.row[id]')) window.treeAt = performance.now();
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}`;
/** When the first byte came, the last module, and the tree. */
const TIMES = `JSON.stringify({
  start: performance.getEntriesByType('navigation')[0].responseStart,
  modules: Math.max(...performance.getEntriesByType('resource').filter(({ name }) => name.endsWith('.js')).map((entry) => entry.responseEnd)),
  tree: window.treeAt,
})`;

const wait = (/** @type {number} */ milliseconds) => new Promise((resolve) => { setTimeout(resolve, milliseconds); });
/** @param {number[]} values */
const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];

/**
 * Opens the page once.
 * @param {Devtools} browser
 * @param {string} browserContextId
 * @param {string} url
 * @returns {Promise<{modules: number, tree: number}>} Milliseconds after the first byte.
 */
async function visit(browser, browserContextId, url) {
  const { targetId } = await browser.send('Target.createTarget', { url: 'about:blank', browserContextId });
  const { sessionId } = await browser.send('Target.attachToTarget', { targetId, flatten: true });
  await browser.send('Page.enable', {}, sessionId);
  await browser.send('Page.addScriptToEvaluateOnNewDocument', { source: WATCH }, sessionId);
  await wait(WINDOW_RESTS_MILLISECONDS);
  await browser.send('Page.navigate', { url: `${url}#interval=60` }, sessionId);
  await wait(PAGE_MILLISECONDS);
  const { result } = await browser.send('Runtime.evaluate', { expression: TIMES, returnByValue: true }, sessionId);
  await browser.send('Target.closeTarget', { targetId });
  await wait(BETWEEN_MILLISECONDS);
  const { start, modules, tree = Infinity } = JSON.parse(result.value);
  return { modules: modules - start, tree: tree - start };
}

/** @type {Record<string, {modules: number, tree: number}[]>} */
const visits = { 'first visit': [], 'with a full cache': [] };
const load = await processTree(size);
const exporter = await Exporter.start({ after: () => {} });
const browser = await Devtools.launch();
try {
  await wait(BROWSER_RESTS_MILLISECONDS);
  for (let round = 0; round < ROUNDS; round++) {
    // Each context has a cache of its own, which is empty at first.
    const { browserContextId } = await browser.send('Target.createBrowserContext');
    for (const list of Object.values(visits)) list.push(await visit(browser, browserContextId, exporter.url));
    await browser.send('Target.disposeBrowserContext', { browserContextId });
  }
} finally {
  await browser.close();
  await exporter.stop();
  await load.stop();
}

const results = Object.entries(visits).map(([visited, list]) => {
  const trees = list.map(({ tree }) => Math.round(tree));
  return {
    visited, 'last module': Math.round(median(list.map(({ modules }) => modules))),
    tree: median(trees), range: `${Math.min(...trees)} to ${Math.max(...trees)}`, budget: BUDGET_MILLISECONDS,
  };
});
console.log(`${size} processes, milliseconds after the first byte, medians of ${ROUNDS}`);
console.table(results);
if (size <= 10_000 && results.some(({ tree, budget }) => tree > budget)) {
  console.error('over budget');
  process.exitCode = 1;
}
