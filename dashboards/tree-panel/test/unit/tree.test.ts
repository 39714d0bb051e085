import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { MappingType } from '@grafana/data';
import { Random } from '../../../../tree-api/web/test/fake/random.js';
import { ALL_LEVELS } from '../../src/options.ts';
import { Tree } from '../../src/tree.ts';
import { FILES, type FileRow, filesFrame, rowsOf } from '../fake/files-frame.ts';

const SUMMED = { size: { custom: { sum: 'yes' } } };

function treeOf(rows: FileRow[], levels = ALL_LEVELS): Tree {
  const tree = new Tree();
  tree.update(rowsOf(filesFrame(rows, SUMMED)), undefined, levels);
  tree.setSort({ key: 'id', descending: false });
  return tree;
}

/** The rows, indented by depth, with the sums. */
function drawn({ model }: Tree): string[] {
  const rows = model.rows();
  return Array.from({ length: rows.length }, (_, i) => `${' '.repeat(rows.depths[i])}${model.idOf(rows.slots[i])} ${model.branchNumber(rows.slots[i], 'size')}`);
}

describe('what a frame may look like', () => {
  const cases: Record<string, { rows: FileRow[]; want: string[] }> = {
    'a tree of any depth': { rows: FILES, want: ['/ 80', ' /etc 8', '  /etc/hosts 1', '  /etc/passwd 3', ' /var 72', '  /var/log 72', '   /var/log/messages 70'] },
    'an orphan is a root': { rows: [['a', '', 1], ['b', 'gone', 2]], want: ['a 1', 'b 2'] },
    'one that names itself': { rows: [['a', 'a', 1], ['b', 'a', 2]], want: ['a 3', ' b 2'] },
    'a circle opens at its first row': { rows: [['x', 'z', 1], ['y', 'x', 2], ['z', 'y', 3], ['w', 'z', 4]], want: ['x 10', ' y 9', '  z 7', '   w 4'] },
    'of two rows with one ID the first counts': { rows: [['a', null, 1], ['a', null, 9]], want: ['a 1'] },
    'rows without an ID are left out': { rows: [[null, null, 1], ['', null, 2], ['b', null, 3]], want: ['b 3'] },
    'what is not known is not 0': { rows: [['a', null, null], ['b', 'a', null]], want: ['a NaN', ' b NaN'] },
  };
  for (const [title, { rows, want }] of Object.entries(cases)) test(title, () => assert.deepEqual(drawn(treeOf(rows)), want));

  test('what was left out is counted', () => {
    const tree = treeOf([['a', null, 1], ['a', null, 2], [null, null, 3]]);
    assert.deepEqual(tree.table.skipped, { withoutID: 1, repeated: 1 });
  });

  test('mapped texts are searched as they are shown', () => {
    const frame = filesFrame(FILES, { owner: { mappings: [{ type: MappingType.ValueToText, options: { root: { text: 'Superuser' } } }] } });
    const tree = new Tree();
    tree.update(rowsOf(frame), undefined, ALL_LEVELS);
    tree.setFilter({ text: 'superuser' });
    assert.equal(tree.model.matched, 5);
  });
});

describe('from one frame to the next', () => {
  test('a row keeps its slot, whatever its place in the frame', () => {
    const tree = treeOf(FILES);
    const slot = tree.model.slotOf('/var/log');
    tree.update(rowsOf(filesFrame([...FILES].reverse(), SUMMED)), undefined, ALL_LEVELS);
    assert.equal(tree.model.slotOf('/var/log'), slot);
    assert.equal(tree.table.rowOf[slot], 1);
  });

  test('only new, gone and moved rows change the structure', () => {
    const { table } = treeOf(FILES);
    const changed = (rows: FileRow[]) => table.apply(rowsOf(filesFrame(rows, SUMMED))).structure;
    assert.equal(changed(FILES.map(([id, parent]) => [id, parent, 5])), false, 'other figures');
    assert.equal(changed([...FILES, ['/tmp', '/', 1]]), true, 'a new row');
    assert.equal(changed(FILES), true, 'a row has gone');
    assert.equal(changed(FILES.map((row) => (row[0] === '/etc' ? ['/etc', '/var', 4] : row))), true, 'a row has moved');
  });

  test('whatever came before, the tree is that of the last frame', () => {
    const random = new Random(11);
    const tree = treeOf(FILES);
    for (let step = 0; step < 300; step++) {
      const rows = Array.from({ length: 1 + random.below(30) }, (): FileRow => [`n${random.below(20)}`, random.chance(0.8) ? `n${random.below(22)}` : null, random.below(9), random.pick(['a', 'b', null])]);
      tree.update(rowsOf(filesFrame(rows, SUMMED)), undefined, ALL_LEVELS);
      const fresh = new Set(drawn(treeOf(rows)).map((row) => row.trim().split(' ')[0]));
      const { model, table } = tree;
      assert.deepEqual(new Set(drawn(tree).map((row) => row.trim().split(' ')[0])), fresh, `step ${step}`);
      for (const [id, slot] of table.slots) {
        const first = rows.find(([other]) => other === id)!;
        assert.equal(rows[table.rowOf[slot]], first, `step ${step}: the row of ${id}`);
        assert.equal(model.number(slot, 'size'), first[2], `step ${step}: the size of ${id}`);
        assert.equal(model.text(slot, 'owner'), first[3] ?? '', `step ${step}: the owner of ${id}`);
      }
    }
  });

  test('other columns make a new model, and what is folded stays folded', () => {
    const tree = treeOf(FILES);
    tree.model.setExpanded('/etc', false);
    const before = tree.model;
    tree.update(rowsOf(filesFrame(FILES)), undefined, 0);
    assert.notEqual(tree.model, before);
    assert.equal(tree.model.isExpanded(tree.model.slotOf('/etc')), false);
    assert.equal(tree.model.isExpanded(tree.model.slotOf('/var')), true);
  });
});

describe('levels that are open at first', () => {
  const cases: Array<[levels: number, rows: number]> = [[0, 1], [1, 3], [2, 6], [3, 7], [ALL_LEVELS, 7]];
  for (const [levels, rows] of cases) test(`${levels}: ${rows} rows`, () => assert.equal(treeOf(FILES, levels).model.rows().length, rows));
});

test('rows that the data source chose are in view, and what was folded before comes back', () => {
  const tree = treeOf(FILES, 1);
  const folded = drawn(tree);
  const chosen = FILES.filter(([id]) => '/var/log/messages'.startsWith(id ?? ''));
  const show = (rows: FileRow[], isChosen: boolean) => {
    tree.update(rowsOf(filesFrame(rows, SUMMED)), undefined, 1, isChosen);
    return drawn(tree);
  };
  assert.equal(show(chosen, true).at(-1), '   /var/log/messages 70');
  tree.model.setExpanded('/var', false);
  assert.equal(show(chosen, true).at(-1), ' /var 72', 'what a person folds stays folded');
  assert.deepEqual(show(FILES, false), folded);
});

test('a condition on a column that is gone hides nothing', () => {
  const tree = treeOf(FILES);
  tree.setFilter({ oneOf: { vendor: ['x'], owner: ['syslog'] }, atLeast: { price: 3 } });
  assert.equal(tree.model.matched, 2);
});

test('sorting by a column that is gone sorts by the first text', () => {
  const tree = treeOf(FILES);
  tree.setSort({ key: 'vendor', descending: true });
  assert.deepEqual(tree.model.sort, { key: 'owner', descending: false });
});
