import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type DataFrame, FieldType, toDataFrame } from '@grafana/data';
import { findFields } from '../../src/frame/fields.ts';
import { pickFrame } from '../../src/frame/pick.ts';
import { DEFAULTS } from '../../src/options.ts';

/** A frame without rows; a name that begins with "#" is a number. */
const frameOf = (...names: string[]): DataFrame => toDataFrame({
  fields: names.map((name) => ({ name: name.replace('#', ''), type: name.startsWith('#') ? FieldType.number : FieldType.string, values: [] })),
});

describe('which fields make the tree', () => {
  const cases: Array<{ title: string; fields: string[]; options?: object; want: string }> = [
    { title: 'of processes', fields: ['id', 'parent', 'name', '#pid', '#ppid'], want: 'id parent name: name pid ppid' },
    { title: 'PIDs alone', fields: ['#cpu', '#pid', '#ppid', 'comm'], want: 'pid ppid comm: comm cpu pid ppid' },
    { title: 'in whatever letters', fields: ['ID', 'ParentId', 'Title'], want: 'ID ParentId Title: Title' },
    { title: 'the label is the first text', fields: ['id', 'parent', '#size', 'owner', 'place'], want: 'id parent owner: owner size place' },
    { title: 'the ID is the label where there is no other', fields: ['id', 'parent', '#size'], want: 'id parent id: id size' },
    { title: 'as the options say', fields: ['node', 'up', 'id', 'what'], options: { idField: 'node', parentField: 'up', labelField: 'what' }, want: 'node up what: what id' },
  ];
  for (const { title, fields, options, want } of cases) {
    test(title, () => {
      const found = findFields(frameOf(...fields), { ...DEFAULTS, ...options });
      assert.ok(!('problem' in found));
      assert.equal(`${found.id.name} ${found.parent.name} ${found.label.name}: ${found.columns.map((f) => f.name).join(' ')}`, want);
    });
  }

  test('what is missing is said in one sentence', () => {
    const problem = (fields: string[], options = {}) => (findFields(frameOf(...fields), { ...DEFAULTS, ...options }) as { problem: string }).problem;
    assert.match(problem(['name']), /no ID field \(id, pid, uid, key\)/);
    assert.match(problem(['id', 'name']), /no parent field/);
    assert.match(problem(['id', 'parent'], { parentField: 'boss' }), /no field named “boss”, which the options name as the parent field/);
  });
});

test('of several frames one is picked, and those that are no trees are passed over', () => {
  const frames = [frameOf('time'), { ...frameOf('id', 'parent'), name: 'a' }, { ...frameOf('id', 'parent'), name: 'b' }];
  const picked = (wanted?: string) => {
    const found = pickFrame(frames, wanted, DEFAULTS);
    return found && 'frame' in found ? `${found.name} of ${found.names.join()}` : found;
  };
  assert.equal(picked(), 'a of a,b');
  assert.equal(picked('b'), 'b of a,b');
  assert.equal(picked('gone'), 'a of a,b');
  assert.equal(pickFrame([], undefined, DEFAULTS), undefined);
  assert.ok('problem' in pickFrame([frames[0]], undefined, DEFAULTS)!);
});
