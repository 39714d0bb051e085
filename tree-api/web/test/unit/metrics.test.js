import assert from 'node:assert/strict';
import { test } from 'node:test';
import { METRICS } from '../../model/columns.gen.js';
import { DERIVED } from '../../model/derived.js';
import { NUMBER_COLUMNS, columnKey } from '../../model/columns.js';
import { Store } from '../../model/store.js';
import { TABLE_COLUMNS } from '../../table-columns.js';
import { parseState } from '../../view-state.js';
import { columnsOf } from '../fake/columns.js';

/** A process of which everything is known: each number is 7, each text "seven". */
function fullNode() {
  /** @type {any} */
  const node = { id: '7-7' };
  for (const metric of METRICS) {
    const value = NUMBER_COLUMNS.includes(metric) ? 7 : 'seven';
    if (metric.within) (node[metric.within] ??= {})[metric.field] = value;
    else node[metric.field] = value;
  }
  return node;
}

test('every metric comes through, in nodes, in columns and in a difference', () => {
  const node = fullNode();
  for (const message of [{ processes: [node] }, { columns: columnsOf([node]) }]) {
    const store = new Store();
    store.apply({ type: 'full', ...message });
    checkStore(store);
    store.apply({ type: 'full', processes: [{ id: '7-7', pid: 7 }] });
    store.apply({ type: 'diff', changed: [node] });
    checkStore(store);
  }
});

/** @param {Store} store */
function checkStore(store) {
  for (const { key } of METRICS) {
    const value = Object.hasOwn(store.numbers, key) ? store.numbers[key][0] : store.texts[key]?.[0];
    assert.ok(value === 7 || value === 'seven', `${key} is ${value} in the table of the page`);
  }
}

test('every metric has a column with a title, a hint and a format', () => {
  for (const { key } of METRICS) {
    const column = TABLE_COLUMNS.find((c) => c.key === key);
    assert.ok(column, `${key} is no column of the table`);
    assert.ok(column.title && column.hint && column.width, `${key} has no title, hint or width`);
    if (column.number) assert.notEqual(column.format?.(7, { now: 10, memoryTotal: 100 }), '', `${key} has no format`);
  }
  assert.equal(TABLE_COLUMNS.length, METRICS.length + DERIVED.length, 'a column that is no metric');
});

test('links with earlier names of columns still work', () => {
  assert.deepEqual(['start', 'fds', 'write', 'virtual', 'beauty'].map(columnKey), ['start_time', 'open_fds', 'written', 'virtual', undefined]);
  const { sort, columns } = parseState('#sort=fds:desc&columns=name,write,start');
  assert.deepEqual([sort, columns], [{ key: 'open_fds', descending: true }, ['name', 'written', 'start_time']]);
});
