import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type FieldConfig, FieldType, toDataFrame } from '@grafana/data';
import { columnsToShow } from '../../src/frame/columns.ts';
import { DEFAULTS } from '../../src/options.ts';
import { widthsOf } from '../../src/table/widths.ts';
import { firstSort } from '../../src/useTree.ts';
import { FILES, filesFrame, rowsOf } from '../fake/files-frame.ts';

const columnOf = (name: string, config: FieldConfig = {}, options = {}) => rowsOf(filesFrame(FILES, { [name]: config }), options).columns.find(({ key }) => key === name);

/** The columns of a frame of processes without rows. */
function processColumns() {
  const names = ['id', 'parent', 'name', '#pid', '#ppid', 'user', '#cpu', '#memory', '#threads', 'cmdline'];
  const fields = names.map((name) => ({ name: name.replace('#', ''), type: name.startsWith('#') ? FieldType.number : FieldType.string, values: [], config: {} }));
  return rowsOf(toDataFrame({ fields })).columns;
}

describe('the field config decides', () => {
  test('what is hidden', () => {
    assert.equal(columnOf('size', { custom: { hidden: true } }), undefined);
    assert.equal(columnOf('size', { custom: { hideFrom: { viz: true } } }), undefined);
    assert.equal(columnOf('size', { custom: { hidden: false } })?.from, 0);
  });
  test('the title and the width', () => {
    assert.equal(columnOf('size', { displayName: 'Bytes' })?.title, 'Bytes');
    const column = columnOf('owner', { custom: { width: 55 } })!;
    assert.deepEqual([column.width, column.grow], [55, 0]);
  });
  test('the sums', () => {
    assert.equal(columnOf('size')?.isSummed, false);
    assert.equal(columnOf('size', { custom: { sum: 'yes' } })?.isSummed, true);
    assert.equal(columnOf('owner', { custom: { sum: 'yes' } })?.isSummed, false, 'a text has no sum');
    assert.equal(columnOf('size', { custom: { sum: 'yes' } }, { sums: 'never' })?.isSummed, false);
  });
  test('the cell', () => {
    assert.equal(columnOf('size')?.cell, 'text');
    assert.equal(columnOf('size', { custom: { cellOptions: { type: 'gauge' } } })?.cell, 'gauge');
  });
});

test('processes are known by the names of their fields', () => {
  const columns = processColumns();
  const keys = (of: typeof columns) => of.map(({ key }) => key).join(' ');
  assert.equal(keys(columns.filter((c) => c.isSummed)), 'cpu memory threads');
  assert.equal(keys(columns.filter((c) => c.cell === 'heat')), 'cpu memory');
  assert.equal(keys(columnsToShow(columns, undefined, 360)), 'name cpu memory');
  assert.equal(keys(columnsToShow(columns, undefined, 1400)), 'name pid user cpu memory threads cmdline');
  assert.equal(keys(columnsToShow(columns, ['ppid'], 360)), 'name ppid', 'what a person chose, and always the label');
});

test('what rows are sorted by at first', () => {
  const columns = processColumns();
  assert.deepEqual(firstSort(columns, DEFAULTS), { key: 'cpu', descending: true });
  assert.deepEqual(firstSort(columns, { ...DEFAULTS, sortBy: 'user', sortDescending: false }), { key: 'user', descending: false });
  assert.deepEqual(firstSort(rowsOf(filesFrame(FILES)).columns, DEFAULTS), { key: 'owner', descending: false });
});

test('of a narrow panel the label takes half', () => {
  const columns = columnsToShow(processColumns(), ['cpu'], 360);
  assert.deepEqual(widthsOf(columns, 360), { flex: ['1.3 0 180px', '0 0 78px'], least: 258, levels: 7 });
  assert.equal(widthsOf(columns, 1400).least, 308);
  assert.deepEqual(widthsOf(columns, 360, { cpu: 120 }).flex, ['1.3 0 180px', '0 0 120px'], 'a dragged column keeps its width');
});
