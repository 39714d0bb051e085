import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { filterTo } from '../../groups-view.js';
import { addUp, memoryKind, totalOf } from '../../model/totals.js';
import { Store } from '../../model/store.js';
import { TreeModel } from '../../tree-model.js';

/** @param {number} pid @param {Record<string, any>} rest */
const node = (pid, rest) => ({ id: `${pid}-1`, pid, ppid: 0, name: 'x', ...rest });

/** @param {...any} processes */
function modelOf(...processes) {
  const model = new TreeModel(new Store());
  model.apply({ type: 'full', processes });
  return model;
}

describe('sums', () => {
  const model = modelOf(
    node(1, { user: 'root', unit: 'a.service', threads: 2, cpu: { cores: 0.5 }, memory: { resident_bytes: 100, proportional_bytes: 40 }, io: { read_bytes_per_second: 5 } }),
    node(2, { user: 'root', threads: 1, cpu: { cores: 0.25 }, memory: { resident_bytes: 100 } }),
    node(3, { user: 'app', threads: 4, memory: { resident_bytes: 7 } }),
  );

  test('by user; what is not known adds nothing, and is not 0', () => {
    const totals = addUp(model, model.matchSlots(), (slot) => model.text(slot, 'user'));
    assert.deepEqual(totals.get('root'), { processes: 2, withPSS: 1, withRSS: 1, cpu: 0.75, memory: 140, read: 5, written: NaN, threads: 3, open_fds: NaN });
    assert.deepEqual(totals.get('app'), { processes: 1, withPSS: 0, withRSS: 1, cpu: NaN, memory: 7, read: NaN, written: NaN, threads: 4, open_fds: NaN });
  });

  test('the version of a model changes with what it shows, and with nothing else', () => {
    const changing = modelOf(node(1, { threads: 1 }), node(2, { threads: 4 }));
    const { version } = changing;
    changing.rows();
    assert.equal(changing.version, version);
    changing.apply({ type: 'diff', changed: [{ id: '1-1', threads: 2 }] });
    const later = changing.version;
    assert.notEqual(later, version);
    changing.setFilter({ text: 'x' });
    assert.notEqual(changing.version, later);
  });

  test('processes without the text are a group of their own', () => {
    assert.deepEqual([...addUp(model, model.matchSlots(), (slot) => model.text(slot, 'unit')).keys()].toSorted(), ['', 'a.service']);
  });

  test('only what passes the filter counts, not its ancestors', () => {
    const filtered = modelOf(node(1, { user: 'root', threads: 1 }), node(2, { ppid: 1, user: 'app', threads: 4 }));
    filtered.setFilter({ text: 'user=app' });
    assert.equal(filtered.rows().length, 2);
    assert.equal(totalOf(filtered, filtered.matchSlots()).threads, 4);
    filtered.setFilter({ text: 'nothing-like-it' });
    assert.equal(totalOf(filtered, filtered.matchSlots()).processes, 0);
  });

  test('say what their memory is', () => {
    const kinds = [[0, 0, ''], [3, 0, 'PSS'], [0, 3, 'RSS'], [1, 2, 'PSS and RSS']];
    for (const [withPSS, withRSS, want] of kinds) assert.equal(memoryKind(/** @type {any} */ ({ withPSS, withRSS })), want);
  });
});

test('a group is a filter', () => {
  assert.deepEqual(filterTo({ cpu: 1 }, 'user', 'root'), { cpu: 1, user: ['root'] });
  assert.deepEqual(filterTo({}, 'unit', 'a.service'), { text: 'unit="a.service"' });
  assert.deepEqual(filterTo({ text: 'nginx ' }, 'container', ''), { text: 'nginx container=""' });
  assert.deepEqual(filterTo({ text: 'unit="a"' }, 'unit', 'a'), { text: 'unit="a"' });
  assert.deepEqual(filterTo({}, 'unit', 'a"b'), { text: 'unit="a\\"b"' });
  assert.deepEqual(filterTo({}, 'group', ''), { text: 'group=""' });
});
