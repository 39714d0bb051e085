import { FieldType } from '@grafana/data';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Row, StreamMessage } from '../../src/stream/messages.ts';
import { StreamRows } from '../../src/stream/rows.ts';

function full(seq: number, rows: Array<[id: string, cpu: number | null]>): StreamMessage {
  return {
    type: 'full',
    seq,
    frame: {
      schema: {
        name: 'processes',
        meta: { custom: { matched: rows.length } },
        fields: [
          { name: 'id', type: FieldType.string },
          { name: 'parent', type: FieldType.string },
          { name: 'cpu', type: FieldType.number, config: { displayName: 'CPU' } },
        ],
      },
      data: { values: [rows.map(([id]) => id), rows.map(() => ''), rows.map(([, cpu]) => cpu)] },
    },
  };
}

function diff(seq: number, part: { removed?: string[]; added?: Row[]; changed?: Row[] }): StreamMessage {
  return { type: 'diff', seq, about: { matched: seq }, removed: [], added: [], changed: [], ...part };
}

/** The rows as text, a line each. */
function text(rows: StreamRows): string {
  const frame = rows.current();
  if (!frame) return 'nothing';
  return Array.from({ length: frame.length }, (_, i) => frame.fields.map((f) => f.values[i]).join('|')).join(' ');
}

test('differences are applied by id', () => {
  const rows = new StreamRows();
  assert.ok(rows.take(full(1, [['a', 1], ['b', 2], ['c', 3]])));
  assert.equal(text(rows), 'a||1 b||2 c||3');
  assert.ok(rows.take(diff(2, { removed: ['b'], added: [{ id: 'd', parent: 'a', cpu: 4 }], changed: [{ id: 'c', cpu: 9 }] })));
  assert.equal(text(rows), 'a||1 c||9 d|a|4');
  assert.ok(rows.take(diff(3, { changed: [{ id: 'd', cpu: null }, { id: 'a', parent: 'c', cpu: 0 }] })));
  assert.equal(text(rows), 'a|c|0 c||9 d|a|', 'null is no longer known');
  assert.ok(rows.take(diff(4, { removed: ['a', 'c', 'd'] })));
  assert.equal(rows.current()!.length, 0);
  assert.deepEqual(rows.current()!.meta!.custom, { matched: 4 });
});

test('a row that comes again under another start is another row', () => {
  const rows = new StreamRows();
  rows.take(full(1, [['7-1', 1]]));
  rows.take(diff(2, { removed: ['7-1'], added: [{ id: '7-2' }] }));
  assert.equal(text(rows), '7-2||');
});

test('fields that the frame lacks are left out', () => {
  const rows = new StreamRows();
  rows.take(full(1, [['a', 1]]));
  rows.take(diff(2, { changed: [{ id: 'a', later: 'x' }, { id: 'nobody', cpu: 5 }], added: [{ id: 'b', later: 'x', cpu: 2 }] }));
  assert.equal(text(rows), 'a||1 b||2');
});

test('a frame that was given does not change', () => {
  const rows = new StreamRows();
  rows.take(full(1, [['a', 1], ['b', 2]]));
  const before = rows.current()!;
  rows.take(diff(2, { removed: ['a'], changed: [{ id: 'b', cpu: 5 }] }));
  assert.deepEqual(before.fields[2].values, [1, 2]);
  assert.notEqual(rows.current(), before);
  assert.equal(rows.current()!.fields[2].config.displayName, 'CPU');
});

test('what is heard twice is taken once, what is missed is noticed', () => {
  const rows = new StreamRows();
  assert.equal(rows.take(diff(1, {})), false, 'a difference to nothing');
  assert.ok(rows.take(full(5, [['a', 1]])));
  assert.ok(rows.take(diff(4, { removed: ['a'] })), 'an older one');
  assert.ok(rows.take(diff(5, { removed: ['a'] })), 'the same one');
  assert.equal(text(rows), 'a||1');
  assert.equal(rows.take(diff(7, {})), false, 'one is missing');
  assert.ok(rows.take(full(7, [])));
});

test('trouble is told beside the rows until there are new ones', () => {
  const rows = new StreamRows();
  rows.take(full(1, [['a', 1]]));
  assert.ok(rows.take({ type: 'error', seq: 2, message: 'The exporter does not answer in time.' }));
  assert.equal(text(rows), 'a||1');
  assert.deepEqual(rows.current()!.meta!.notices, [{ severity: 'error', text: 'The exporter does not answer in time.' }]);
  rows.take(diff(3, {}));
  assert.equal(rows.current()!.meta!.notices, undefined);
});
