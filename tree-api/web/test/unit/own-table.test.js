import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TreeModel } from '../../tree-model.js';

/** @import { Table } from '../../model/store.js' */

const PARENTS = [-1, 0, 0, 2, 5, 4];

/**
 * A table that is not of processes: two circles of parents included.
 * @returns {Table<never>}
 */
function parts() {
  const ids = ['car', 'body', 'engine', 'piston', 'left', 'right'];
  return {
    columns: { numbers: ['weight', 'price'], texts: ['label', 'maker'], sums: ['weight'], searched: ['label', 'price'] },
    slots: new Map(ids.map((id, slot) => [id, slot])),
    ids,
    size: ids.length,
    capacity: ids.length,
    numbers: { weight: Float64Array.of(1, 400, 90, 4, NaN, 2), price: Float64Array.of(NaN, 5, 7, 1, 1, 1) },
    texts: { label: ids, maker: ['', 'A', 'B', 'A', 'B', ''] },
    kernel: new Uint8Array(ids.length),
    textChanged: new Uint8Array(ids.length),
    apply: () => ({ structure: true, missed: 0 }),
    findParents: (parents) => parents.set(PARENTS),
    compare: (a, b) => a - b,
  };
}

/** @param {TreeModel<never>} model */
const drawn = (model) => Array.from(model.rows().slots.subarray(0, model.rows().length), (slot, i) => ' '.repeat(model.rows().depths[i]) + model.idOf(slot));

test('a table of one\'s own is sorted, added up and opened at the first of a circle', () => {
  const model = new TreeModel(parts());
  model.setSort({ key: 'weight', descending: true });
  assert.deepEqual(drawn(model), ['car', ' body', ' engine', '  piston', 'left', ' right']);
  assert.equal(model.branchNumber(0, 'weight'), 495);
  assert.equal(model.branchNumber(0, 'price'), NaN);
  assert.throws(() => model.setSort({ key: 'constructor', descending: false }), /no column is named "constructor"/);
});

test('conditions on any column', () => {
  const model = new TreeModel(parts());
  model.setSort({ key: 'label', descending: false });
  model.setFilter({ oneOf: { maker: ['A'] } });
  assert.deepEqual(drawn(model), ['car', ' body', ' engine', '  piston']);
  model.setFilter({ oneOf: { maker: ['A'] }, atLeast: { price: 5 } });
  assert.deepEqual(drawn(model), ['car', ' body']);
  assert.equal(model.matched, 1);
  model.setFilter({ text: 'nan' });
  assert.deepEqual(drawn(model), [], 'a figure that is not known is no text');
});
