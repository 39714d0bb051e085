import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Watch } from '../../alerts.js';
import { Store } from '../../model/store.js';
import { TreeModel } from '../../tree-model.js';

/** Runs CPU figures of one process through a watch; the answer tells after which a crossing was told. @param {number[]} figures */
function toldAt(figures) {
  const watch = new Watch();
  const model = new TreeModel(new Store());
  return figures.map((cores) => {
    model.apply({ type: 'full', processes: [{ id: '1-1', pid: 1, cpu: { cores } }] });
    return watch.check({ processCPU: 1 }, model, {}).length;
  });
}

const cases = /** @type {[string, number[], number[]][]} */ ([
  ['below', [0.5, 0.9, 0.99], [0, 0, 0]],
  ['a short peak is no news', [0, 2, 0, 2, 0], [0, 0, 0, 0, 0]],
  ['told once', [2, 2, 2, 2], [0, 1, 0, 0]],
  ['a little below is not back', [2, 2, 0.95, 2, 2], [0, 1, 0, 0, 0]],
  ['back and over again', [2, 2, 0.5, 2, 2], [0, 1, 0, 0, 1]],
  ['not known is not over', [NaN, NaN, NaN], [0, 0, 0]],
]);
for (const [name, figures, want] of cases) test(name, () => assert.deepEqual(toldAt(figures), want));

test('the host, and which process', () => {
  const watch = new Watch();
  const model = new TreeModel(new Store());
  model.apply({ type: 'full', processes: [{ id: '1-1', pid: 1, memory: { resident_bytes: 10 } }, { id: '2-1', pid: 2, memory: { resident_bytes: 99 } }] });
  const host = { cpus: 4, cpu: { busy_cores: 3.8 }, memory: { total_bytes: 100, available_bytes: 40 } };
  const limits = { processMemory: 50, hostCPU: 0.9, hostMemory: 0.9 };
  assert.deepEqual(watch.check(limits, model, host), []);
  assert.deepEqual(watch.check(limits, model, host), [
    { limit: 'processMemory', id: '2-1', value: 99 },
    { limit: 'hostCPU', value: 3.8 / 4 },
  ]);
});

test('no limit set, nothing told', () => {
  const model = new TreeModel(new Store());
  model.apply({ type: 'full', processes: [{ id: '1-1', pid: 1, cpu: { cores: 64 } }] });
  const watch = new Watch();
  assert.deepEqual([watch.check({}, model, {}), watch.check({}, model, {})], [[], []]);
});
