/**
 * Measures the tree model alone, without a browser: node test/bench/model.js [processes].
 * Times are medians in milliseconds; the heap is what the model itself holds.
 */
import { Store } from '../../model/store.js';
import { TreeModel } from '../../tree-model.js';
import { FakeHost } from '../fake/host.js';

const size = Number(process.argv[2] ?? 10_000);
const ROUNDS = 40;

/** @param {number[]} times */
const median = (times) => times.toSorted((a, b) => a - b)[times.length >> 1].toFixed(2);

/** @param {() => void} work */
function timed(work) {
  const start = performance.now();
  work();
  return performance.now() - start;
}

function heapBytes() {
  globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

const host = new FakeHost({ size });
const full = JSON.stringify({ type: 'full', processes: [...host.processes.values()] });
const before = heapBytes();
const model = new TreeModel(new Store());
console.log(`${size} processes, full message ${(full.length / 1e6).toFixed(1)} MB`);
console.log('first full message', timed(() => { model.apply(JSON.parse(full)); model.rows(); }).toFixed(2));
model.setSort({ key: 'cpu', descending: true });

/** @param {string} title @param {number} busy */
function benchUpdates(title, busy) {
  let bytes = 0;
  let changed = 0;
  const times = Array.from({ length: ROUNDS }, () => {
    const diff = host.advance(1, busy);
    const text = JSON.stringify({ type: 'diff', ...diff });
    bytes += text.length;
    changed += diff.changed.length;
    return timed(() => { model.apply(JSON.parse(text)); model.rows(); });
  });
  console.log(title, median(times), `(${(changed / ROUNDS).toFixed(0)} processes changed, ${(bytes / ROUNDS / 1000).toFixed(0)} kB each)`);
}

benchUpdates('a usual update', 0.12);
benchUpdates('an update in which every process works', 4);

const words = ['n', 'no', 'nod', 'node', 'node w', 'node wo', 'node work', 'zzz', ''];
const times = Array.from({ length: ROUNDS }, (_, i) => timed(() => {
  model.setFilter({ text: words[i % words.length] });
  model.rows();
}));
console.log('filter, a letter typed', median(times));
console.log('sort by another column', median(Array.from({ length: ROUNDS }, (_, i) => timed(() => {
  model.setSort({ key: ['memory', 'name', 'pid', 'cmdline', 'cpu'][i % 5], descending: i % 2 === 0 });
  model.rows();
}))));
console.log('fold and open', median(Array.from({ length: ROUNDS }, (_, i) => timed(() => {
  model.setExpanded(model.idOf(model.rows().slots[0]), i % 2 === 1);
  model.rows();
}))));
if (globalThis.gc) console.log('heap of the model, MB', ((heapBytes() - before) / 1e6).toFixed(1), '(with the host that feeds it)');
