import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Mirror } from '../../model/mirror.js';
import { takePatch } from '../../model/patch.js';
import { Store } from '../../model/store.js';
import { ThreadRates } from '../../thread-rates.js';
import { TreeModel } from '../../tree-model.js';

const process = { id: '1-1', pid: 1, ppid: 0, name: 'a', cpu: { user_seconds: 61.5, system_seconds: 2 }, io: { read_bytes_per_second: 10, written_bytes_per_second: 5 } };

for (const mirrored of [false, true]) {
  test(`CPU time and I/O are sums of two columns${mirrored ? ', in the mirror too' : ''}`, () => {
    const store = new Store();
    const model = new TreeModel(/** @type {import('../../model/store.js').Table<any>} */ (mirrored ? new Mirror() : store));
    const apply = (/** @type {any} */ message) => {
      if (!mirrored) return model.apply(message);
      const { structure } = store.apply(message);
      return model.apply(takePatch(store, structure));
    };
    apply({ type: 'full', processes: [process, { id: '2-1', pid: 2, ppid: 1, name: 'b', cpu: { user_seconds: 1 } }] });
    assert.equal(model.number(0, 'cpu_seconds'), 63.5);
    assert.equal(model.number(0, 'io'), 15);
    assert.ok(Number.isNaN(model.number(1, 'io')), 'not known, not 0');
    assert.equal(model.branchNumber(0, 'cpu_seconds'), 64.5);
    apply({ type: 'diff', changed: [{ id: '2-1', io: { read_bytes_per_second: 90 } }] });
    assert.equal(model.number(1, 'io'), 90);
    model.setSort({ key: 'io', descending: true });
    model.setShape('list');
    assert.deepEqual([...model.rows().slots.slice(0, 2)], [1, 0]);
    model.setFilter({ text: 'cpu_seconds>1m' });
    assert.equal(model.rows().length, 1);
    apply({ type: 'full', columns: { id: ['1-1'], pid: [1], ppid: [0], cpu: { user_seconds: [2], system_seconds: [3] } } });
    assert.equal(model.number(0, 'cpu_seconds'), 5);
    assert.ok(Number.isNaN(model.number(0, 'io')));
  });
}

describe('threads', () => {
  const thread = (/** @type {number} */ tid, /** @type {number|undefined} */ user) => ({ tid, name: 't', state: 'sleeping', user_seconds: user, system_seconds: user === undefined ? undefined : 0 });

  test('are rated between two readings, the busiest first', () => {
    const rates = new ThreadRates();
    assert.deepEqual(rates.take('1-1', [thread(1, 3), thread(2, 9), thread(3, undefined)], 100).map(({ tid, cores }) => [tid, cores]), [[2, NaN], [1, NaN], [3, NaN]]);
    assert.deepEqual(rates.take('1-1', [thread(1, 5), thread(2, 9), thread(4, 1)], 104).map(({ tid, cores }) => [tid, cores]), [[1, 0.5], [2, 0], [4, NaN]]);
  });

  test('of another process, or with a time that fell, have no rate', () => {
    const rates = new ThreadRates();
    rates.take('1-1', [thread(1, 3)], 100);
    assert.ok(Number.isNaN(rates.take('1-1', [thread(1, 1)], 102)[0].cores));
    assert.ok(Number.isNaN(rates.take('2-1', [thread(1, 4)], 104)[0].cores));
  });
});
