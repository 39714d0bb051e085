import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { TABLE_COLUMNS, cellOf, cellTitle } from '../../table-columns.js';
import { Store } from '../../model/store.js';
import { TreeModel } from '../../tree-model.js';

/** @param {...object} processes */
function modelOf(...processes) {
  const model = new TreeModel(new Store());
  model.apply({ type: 'full', processes: processes.map((p, i) => ({ id: `${i + 1}-1`, pid: i + 1, ppid: i === 0 ? 0 : 1, start_time: 1, name: 'a', state: 'sleeping', ...p })) });
  return model;
}

const column = /** @type {import('../../table-columns.js').Column} */ (TABLE_COLUMNS.find(({ key }) => key === 'waiting'));
const context = { now: 100, memoryTotal: undefined };

describe('waiting', () => {
  const cases = /** @type {[string, object, {text: string, heat: number}, RegExp][]} */ ([
    ['for a CPU', { waiting: 'cpu', cpu: { cores: 0.5, waiting_cores: 0.34 } }, { text: 'cpu', heat: 3 }, /^Waits for a CPU\. CPUs waited for: 0\.34, used: 0\.50/],
    ['for many CPUs', { waiting: 'cpu', cpu: { cores: 2, waiting_cores: 17 } }, { text: 'cpu', heat: 9 }, /waited for: 17/],
    ['throttled', { waiting: 'throttled', cpu: { cores: 0.1, waiting_cores: 0.9 } }, { text: 'throttled', heat: 8 }, /^Throttled/],
    ['for a disk', { waiting: 'disk', state: 'blocked', cpu: { cores: 0, waiting_cores: 0 } }, { text: 'disk', heat: 9 }, /state D/],
    ['for a disk, where CPU waits are not counted', { waiting: 'disk', state: 'blocked' }, { text: 'disk', heat: 9 }, /state D\)$/],
    ['for a disk, as the kernel counts it', { waiting: 'disk', cpu: { cores: 0, waiting_cores: 0 }, delays: { block_io: 0.44 } }, { text: 'disk', heat: 4 }, /for a disk: 0\.44$/],
    ['for memory', { waiting: 'memory', delays: { block_io: 0.4, swap_in: 0.4, reclaim: 0.2, thrashing: 0.1 } }, { text: 'memory', heat: 5 }, /^Waits for pages/],
    ['for nothing', { waiting: 'none', cpu: { cores: 1, waiting_cores: 0.01 } }, { text: 'none', heat: 0 }, /^Waits neither/],
    ['not known', {}, { text: '–', heat: 0 }, /^$/],
  ]);
  for (const [name, process, want, title] of cases) {
    test(name, () => {
      const model = modelOf(process);
      const slot = model.slotOf('1-1');
      assert.deepEqual(cellOf(model, column, { slot, folded: false }, context), want);
      assert.match(cellTitle(model, 'waiting', slot, 'linux'), title);
    });
  }

  test('a folded branch has a bar of all that wait in it', () => {
    const model = modelOf({ waiting: 'none', cpu: { cores: 0, waiting_cores: 0 } }, { waiting: 'cpu', cpu: { cores: 0.2, waiting_cores: 0.6 } }, { waiting: 'cpu', cpu: { cores: 0.2, waiting_cores: 0.6 } });
    const slot = model.slotOf('1-1');
    assert.equal(cellOf(model, column, { slot, folded: true }, context).heat, 9);
    assert.equal(cellOf(model, column, { slot, folded: false }, context).heat, 0);
  });
});
