import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { FieldType } from '@grafana/data';
import { type FileRow, filesFrame, rowsOf } from '../fake/files-frame.ts';
import { Tree } from '../../src/tree.ts';

interface Shared {
  processes: Record<string, any>[];
  cases: { q: string; pids?: number[]; error?: string }[];
}

const shared = JSON.parse(readFileSync('../../tree-api/search/testdata/cases.json', 'utf8')) as Shared;

/** The processes of the shared cases as the live data source sends them. */
function shownBy(q: string): Tree {
  const field = (name: string, type: FieldType, of: (p: Record<string, any>) => unknown) => ({ name, type, config: {}, values: shared.processes.map((p) => of(p) ?? null) });
  const text = (name: string) => field(name, FieldType.string, (p) => p[name]);
  const number = (name: string, of = name) => field(name, FieldType.number, (p) => p[of]);
  const tree = new Tree();
  tree.update(rowsOf({
    length: shared.processes.length,
    fields: [
      field('id', FieldType.string, (p) => `${p.pid}-1`), field('parent', FieldType.string, () => ''), text('name'), number('pid'), number('cpu', 'cores'),
      number('memory'), number('threads'), text('user'), text('state'), text('unit'), text('container'), field('group', FieldType.string, (p) => p.name),
      text('exe'), field('cmdline', FieldType.string, (p) => p.cmdline?.join(' ')), number('user_seconds'),
    ],
  }), undefined, 0);
  tree.model.setShape('list');
  tree.setSort({ key: 'pid', descending: false });
  tree.setFilter({ text: q });
  return tree;
}

for (const { q, pids, error } of shared.cases) {
  test(`search: ${q}`, () => {
    const { model } = shownBy(q);
    assert.equal(model.searchError, error ?? '');
    const rows = model.rows();
    if (!error) assert.deepEqual(Array.from({ length: rows.length }, (_, row) => model.number(rows.slots[row], 'pid')), pids);
  });
}

test('columns of any table can be searched by name', () => {
  const files: FileRow[] = [['/', null, 1], ['/a', '/', 2000], ['/b', '/', 3000]];
  const found = (text: string) => {
    const tree = new Tree();
    tree.update(rowsOf(filesFrame(files)), undefined, 0);
    tree.model.setShape('list');
    tree.setFilter({ text });
    const rows = tree.model.rows();
    return tree.model.searchError || Array.from({ length: rows.length }, (_, row) => tree.model.idOf(rows.slots[row]));
  };
  assert.deepEqual(found('size>2k'), ['/b']);
  assert.deepEqual(found('Size=2000'), ['/a']);
  assert.equal(found('cpu>1'), 'cpu>1: there is no column "cpu" here');
});
