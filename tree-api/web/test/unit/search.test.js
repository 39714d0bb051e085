import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { Store } from '../../model/store.js';
import { TreeModel } from '../../tree-model.js';

const shared = JSON.parse(readFileSync(new URL('../../../search/testdata/cases.json', import.meta.url), 'utf8'));

/** A process of the shared cases as the stream sends it; its group has its name. @param {any} p */
const node = ({ cores, memory, ...rest }) => ({
  id: `${rest.pid}-1`, ppid: 0, group: rest.name, ...rest, cpu: { cores }, memory: { resident_bytes: memory },
});

function model() {
  const made = new TreeModel(new Store());
  made.apply({ type: 'full', processes: shared.processes.map(node) });
  made.setShape('list');
  return made;
}

/** @param {TreeModel} m */
const shown = (m) => Array.from({ length: m.rows().length }, (_, row) => m.number(m.rows().slots[row], 'pid'));

describe('the shared cases', () => {
  for (const { q, pids, error } of shared.cases) {
    test(q, () => {
      const m = model();
      m.setFilter({ text: q });
      assert.equal(m.searchError, error ?? '');
      if (!error) assert.deepEqual(shown(m), pids);
    });
  }
});

test('a search with a mistake leaves the one before in force', () => {
  const m = model();
  m.setFilter({ text: 'nginx' });
  m.setFilter({ text: 'nginx cpu>' });
  assert.deepEqual(shown(m), [11, 100]);
  m.setFilter({ text: 'nginx cpu>0.1' });
  assert.deepEqual(shown(m), [100]);
  assert.equal(m.searchError, '');
});

test('what is typed letter by letter finds the same as what is typed at once', () => {
  for (const { q, pids, error } of shared.cases.filter((/** @type {any} */ c) => !c.error)) {
    const m = model();
    for (let length = 0; length <= q.length; length++) {
      m.setFilter({ text: q.slice(0, length) });
      m.rows();
    }
    assert.deepEqual(shown(m), pids, `${q} ${error}`);
  }
});

test('a number that changes is looked at again', () => {
  const m = model();
  m.setFilter({ text: 'nginx cpu>1' });
  assert.deepEqual(shown(m), []);
  m.apply({ type: 'diff', changed: [{ id: '100-1', cpu: { cores: 3 } }] });
  assert.deepEqual(shown(m), [100]);
});

test('words to be marked', () => {
  const m = model();
  m.setFilter({ text: 'Nginx !root "worker process" pid:100 /x/' });
  assert.deepEqual(m.words, ['nginx', 'worker process']);
});

test('the process with exactly that PID comes first in a list', () => {
  const m = model();
  m.setSort({ key: 'memory', descending: true });
  m.setFilter({ text: '11' });
  assert.deepEqual(shown(m), [11, 111, 1111]);
});
