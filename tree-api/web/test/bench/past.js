/**
 * Measures how soon the page shows a moment of the recording, and how many it shows each second while somebody
 * drags: the real exporter with a recording of a made-up host, and Chromium, all on this machine:
 * node bench/past.js [processes]. Exits with 1 if a budget is exceeded at 10,000 processes or fewer.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Exporter } from '../browser/exporter.js';
import { Devtools } from './devtools.js';

const size = Number(process.argv[2] ?? 10_000);
const MINUTES = 10;
const MOVES = 15;
const DRAG_SECONDS = 6;
/** A mouse tells where it is about so often. */
const MOUSE_MILLISECONDS = 16;
const BUDGET_MILLISECONDS = 500;
const LEAST_FRAMES = 5;
/** Between two moves, so that one does not pay for the other. */
const REST_MILLISECONDS = 1500;
/** A browser that has just started still loads hundreds of modules of its own surface. */
const BROWSER_RESTS_MILLISECONDS = 6000;
const MOST_MILLISECONDS = 30_000;
const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));

/** Runs in the page: notes when each moment was drawn. The words of the recording change in the frame that draws its table. */
const WATCH = `{
  window.drawn = [];
  window.pressed = 0;
  addEventListener('pointerdown', (event) => { pressed = event.timeStamp; }, true);
  new MutationObserver(() => {
    const { port1, port2 } = new MessageChannel();
    // After the picture of this frame.
    port1.onmessage = () => drawn.push(performance.now());
    port2.postMessage(null);
  }).observe(document.querySelector('#past-time'), { characterData: true, childList: true, subtree: true });
}`;
const READY = `document.querySelector('.row[id]') && document.querySelector('#past:not([hidden]) .strip-line') && document.querySelector('#past-note').textContent.includes('ago')`;

const wait = (/** @type {number} */ milliseconds) => new Promise((resolve) => { setTimeout(resolve, milliseconds); });
/** @param {number[]} values */
const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];

const directory = await mkdtemp(join(tmpdir(), 'proctree-past-bench-'));
console.log(execFileSync('go', ['run', './exporter/bench/recording', `-dir=${directory}`, `-processes=${size}`, `-minutes=${MINUTES}`], { cwd: ROOT, encoding: 'utf8' }).trim());
const exporter = await Exporter.start({ after: () => {} }, [`--history.dir=${directory}`]);
const browser = await Devtools.launch();
const { targetId } = await browser.send('Target.createTarget', { url: 'about:blank' });
const { sessionId } = await browser.send('Target.attachToTarget', { targetId, flatten: true });

/** @param {string} expression @returns {Promise<any>} */
async function ask(expression) {
  const { result, exceptionDetails } = await browser.send('Runtime.evaluate', { expression, returnByValue: true }, sessionId);
  if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
  return result.value;
}

/** Seldom, as each question takes time from the page. @param {string} expression @param {string} what */
async function until(expression, what) {
  for (let waited = 0; !await ask(expression); waited += 250) {
    if (waited > MOST_MILLISECONDS) throw new Error(`waited in vain for ${what}`);
    await wait(250);
  }
}

/** @param {'mousePressed'|'mouseMoved'|'mouseReleased'} type @param {number} x @param {number} y @param {boolean} down */
const mouse = (type, x, y, down) => browser.send('Input.dispatchMouseEvent', { type, x, y, button: type === 'mouseMoved' && !down ? 'none' : 'left', buttons: down ? 1 : 0, clickCount: 1 }, sessionId);

/** The CPU time of the main thread so far, in milliseconds. */
async function mainThread() {
  const { metrics } = await browser.send('Performance.getMetrics', {}, sessionId);
  return metrics.find((/** @type {{name: string}} */ { name }) => name === 'TaskDuration').value * 1000;
}

try {
  await browser.send('Performance.enable', { timeDomain: 'threadTicks' }, sessionId);
  await wait(BROWSER_RESTS_MILLISECONDS);
  const { data: { to } } = /** @type {any} */ (await (await fetch(`${exporter.url}api/v1/history?points=1`)).json());
  // The made-up host is before that: since its start, the exporter records this machine.
  await browser.send('Page.navigate', { url: `${exporter.url}#interval=60&time=${new Date(Math.round(to * 1000 - 60_000)).toISOString()}` }, sessionId);
  await until(READY, 'the past');
  await ask(WATCH);
  const box = await ask(`JSON.stringify(document.querySelector('#strip').getBoundingClientRect())`).then(JSON.parse);
  const y = box.y + box.height / 2;
  const at = (/** @type {number} */ share) => box.x + box.width * (0.1 + 0.7 * share);
  /** @type {number[]} */
  const took = [];
  /** @type {number[]} */
  const cpu = [];
  for (let i = 0; i < MOVES; i++) {
    const before = await ask('drawn.length');
    const worked = await mainThread();
    // To and fro.
    const x = at((i * 7 % MOVES) / MOVES);
    await mouse('mouseMoved', x, y, false);
    await mouse('mousePressed', x, y, true);
    await mouse('mouseReleased', x, y, false);
    await wait(REST_MILLISECONDS);
    await until(`drawn.length > ${before}`, 'a moment');
    took.push(await ask('drawn.at(-1) - pressed'));
    cpu.push(await mainThread() - worked);
    const shown = await ask(`document.querySelector('#count').textContent.replace(/[^0-9]/g, '')`);
    if (Number(shown) !== size) throw new Error(`${shown} processes are shown`);
  }
  const before = await ask('drawn.length');
  const worked = await mainThread();
  await mouse('mouseMoved', at(0), y, false);
  await mouse('mousePressed', at(0), y, true);
  const begun = performance.now();
  for (let now = begun; now < begun + DRAG_SECONDS * 1000; now = performance.now()) {
    await mouse('mouseMoved', at((now - begun) / DRAG_SECONDS / 1000), y, true);
    await wait(MOUSE_MILLISECONDS);
  }
  const seconds = (performance.now() - begun) / 1000;
  const frames = await ask('drawn.length') - before;
  const dragging = await mainThread() - worked;
  await mouse('mouseReleased', at(1), y, false);
  const round = (/** @type {number[]} */ values) => `${Math.round(Math.min(...values))} to ${Math.round(Math.max(...values))}`;
  console.log(`${size} processes, load average ${readFileSync('/proc/loadavg', 'utf8').split(' ')[0]}`);
  console.table([
    { what: `a click to the full table, median of ${MOVES}`, value: Math.round(median(took)), range: round(took), unit: 'ms', budget: `≤ ${BUDGET_MILLISECONDS}` },
    { what: 'main thread for it', value: Math.round(median(cpu)), range: round(cpu), unit: 'ms CPU', budget: '' },
    { what: `dragging for ${DRAG_SECONDS} s`, value: Math.round(frames / seconds * 10) / 10, range: '', unit: 'frames/s', budget: `≥ ${LEAST_FRAMES}` },
    { what: 'main thread for each of them', value: Math.round(dragging / Math.max(1, frames)), range: '', unit: 'ms CPU', budget: '' },
  ]);
  if (size <= 10_000 && (median(took) > BUDGET_MILLISECONDS || frames / seconds < LEAST_FRAMES)) {
    console.error('over budget');
    process.exitCode = 1;
  }
} finally {
  await browser.close();
  await exporter.stop();
  await rm(directory, { recursive: true, force: true });
}
