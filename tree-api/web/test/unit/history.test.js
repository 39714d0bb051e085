import assert from 'node:assert/strict';
import { test } from 'node:test';
import { History } from '../../history.js';
import { Store } from '../../model/store.js';
import { TreeModel } from '../../tree-model.js';

/** @param {number} pid @param {number} [cores] */
const node = (pid, cores) => ({ id: `${pid}-1`, pid, ppid: 0, start_time: 1, cpu: { cores } });

test('a process is followed from update to update; a gap stays a gap', () => {
  const model = new TreeModel(new Store());
  const history = new History();
  [1, undefined, 3].forEach((cores, time) => {
    model.apply({ type: 'full', processes: [node(1, cores)] });
    history.record(time, model, [0]);
  });
  assert.deepEqual(history.series(model.slotOf('1-1'), 'cpu'), { times: [0, 1, 2], values: [1, NaN, 3] });
  assert.deepEqual(history.series(model.slotOf('1-1'), 'memory').values, [NaN, NaN, NaN]);
});

test('a process that takes the slot of another has none of its past', () => {
  const model = new TreeModel(new Store());
  const history = new History();
  model.apply({ type: 'full', processes: [node(1, 5)] });
  history.record(0, model, [0]);
  model.apply({ type: 'diff', removed: ['1-1'], added: [node(2, 7)] });
  history.record(1, model, [0]);
  assert.deepEqual(history.series(model.slotOf('2-1'), 'cpu'), { times: [1], values: [7] });
});

test('a page that is open for long keeps the beginning, ever coarser', () => {
  const model = new TreeModel(new Store());
  const history = new History();
  for (let time = 0; time < 5000; time++) {
    model.apply({ type: 'full', processes: [node(1, time)] });
    history.record(time, model, [0]);
  }
  const { times, values } = history.series(model.slotOf('1-1'), 'cpu');
  assert.ok(times.length >= 80 && times.length < 160, `${times.length} moments`);
  assert.equal(times[0], 0);
  assert.ok(times[times.length - 1] > 4900);
  assert.deepEqual(values, times);
});
