/**
 * Measures the page over a slow network: node bench/slow.js [processes]. The real exporter is
 * behind a proxy with 100 ms from request to answer and 1.6 Mbit/s down, which all connections
 * share, the WebSocket too. Exits with 1 if a budget is exceeded at 1,000 processes or fewer.
 */
import { connect, createServer } from 'node:net';
import { Exporter } from '../browser/exporter.js';
import { Devtools } from './devtools.js';
import { processTree } from './load.js';

const size = Number(process.argv[2] ?? 1000);
const ROUNDS = 5;
const ONE_WAY_MILLISECONDS = 50;
const BYTES_PER_MILLISECOND = 1.6e6 / 8 / 1000;
const BUDGETS = { cold: { tree: 1500 }, warm: { tree: 800, requests: 3 } };
const WINDOW_RESTS_MILLISECONDS = 2500;
const PAGE_MILLISECONDS = 6000;

const WATCH = `{
  const look = () => {
    if (document.querySelector('.row[id]')) window.treeAt = performance.now();
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}`;

const wait = (/** @type {number} */ milliseconds) => new Promise((resolve) => { setTimeout(resolve, milliseconds); });
/** @param {number[]} values */
const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];

/** A line of the given delay and speed to a port of this machine. */
class SlowLine {
  requests = 0;
  bytes = 0;
  /** When the line is free again. */
  #free = 0;
  #server;

  /** @param {number} port */
  constructor(port) {
    this.#server = createServer({ noDelay: true }, (client) => {
      const upstream = connect({ port, host: '127.0.0.1', noDelay: true });
      // A connection takes one way and back before the first request can leave.
      const opened = performance.now() + 2 * ONE_WAY_MILLISECONDS;
      client.on('data', (data) => {
        this.requests += data.toString('latin1').match(/^GET /gm)?.length ?? 0;
        setTimeout(() => upstream.write(data), Math.max(0, opened - performance.now()) + ONE_WAY_MILLISECONDS);
      });
      upstream.on('data', (data) => {
        this.bytes += data.length;
        this.#free = Math.max(this.#free, performance.now()) + data.length / BYTES_PER_MILLISECOND;
        setTimeout(() => client.write(data), this.#free - performance.now() + ONE_WAY_MILLISECONDS);
      });
      for (const [one, other] of [[client, upstream], [upstream, client]]) {
        one.on('close', () => setTimeout(() => other.destroy(), 4 * ONE_WAY_MILLISECONDS));
        one.on('error', () => other.destroy());
      }
    });
  }

  /** @returns {Promise<number>} The port. */
  listen() {
    return new Promise((resolve) => {
      this.#server.listen(0, '127.0.0.1', () => resolve(/** @type {import('node:net').AddressInfo} */ (this.#server.address()).port));
    });
  }

  close() { this.#server.close(); }
}

/**
 * Opens the page once.
 * @param {Devtools} browser @param {string} browserContextId @param {string} url @param {SlowLine} line
 */
async function visit(browser, browserContextId, url, line) {
  const { targetId } = await browser.send('Target.createTarget', { url: 'about:blank', browserContextId });
  const { sessionId } = await browser.send('Target.attachToTarget', { targetId, flatten: true });
  await browser.send('Page.enable', {}, sessionId);
  await browser.send('Page.addScriptToEvaluateOnNewDocument', { source: WATCH }, sessionId);
  await wait(WINDOW_RESTS_MILLISECONDS);
  const { requests, bytes } = line;
  await browser.send('Page.navigate', { url: `${url}#interval=60` }, sessionId);
  await wait(PAGE_MILLISECONDS);
  const { result } = await browser.send('Runtime.evaluate', { expression: 'window.treeAt ?? Infinity', returnByValue: true }, sessionId);
  const seen = { tree: result.value ?? Infinity, requests: line.requests - requests, bytes: line.bytes - bytes };
  await browser.send('Target.closeTarget', { targetId });
  await wait(500);
  return seen;
}

/** @type {Record<'cold'|'warm', {tree: number, requests: number, bytes: number}[]>} */
const visits = { cold: [], warm: [] };
const load = await processTree(size);
const exporter = await Exporter.start({ after: () => {} });
const line = new SlowLine(Number(new URL(exporter.url).port));
const browser = await Devtools.launch();
try {
  const url = `http://127.0.0.1:${await line.listen()}/`;
  await wait(4000);
  for (let round = 0; round < ROUNDS; round++) {
    const { browserContextId } = await browser.send('Target.createBrowserContext');
    for (const list of Object.values(visits)) list.push(await visit(browser, browserContextId, url, line));
    await browser.send('Target.disposeBrowserContext', { browserContextId });
  }
} finally {
  await browser.close();
  line.close();
  await exporter.stop();
  await load.stop();
}

let isOver = false;
const results = Object.entries(visits).map(([visited, list]) => {
  const /** @type {{tree: number, requests?: number}} */ budget = BUDGETS[/** @type {'cold'|'warm'} */ (visited)];
  const of = (/** @type {'tree'|'requests'|'bytes'} */ key) => Math.round(median(list.map((v) => v[key])));
  isOver ||= of('tree') > budget.tree || of('requests') > (budget.requests ?? Infinity);
  return { visited, 'first rows, ms': of('tree'), 'budget, ms': budget.tree, requests: of('requests'), 'most requests': budget.requests, 'bytes down': of('bytes') };
});
console.log(`${size} processes, 100 ms and 1.6 Mbit/s, medians of ${ROUNDS}; the WebSocket is one request`);
console.table(results);
if (size <= 1000 && isOver) {
  console.error('over budget');
  process.exitCode = 1;
}
