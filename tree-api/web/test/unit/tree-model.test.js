import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Store } from '../../model/store.js';
import { TreeModel } from '../../tree-model.js';

/** @param {number} pid @param {number} ppid @param {object} [more] */
const node = (pid, ppid, more = {}) => ({ id: `${pid}-1`, pid, ppid, start_time: 1, name: `p${pid}`, ...more });

/** @param {object[]} processes @returns {TreeModel} */
function modelOf(...processes) {
  const model = new TreeModel(new Store());
  model.apply({ type: 'full', processes: /** @type {any} */ (processes) });
  return model;
}

/** The rows as PIDs, indented by depth. @param {TreeModel} model */
function drawn(model) {
  const rows = model.rows();
  return Array.from({ length: rows.length }, (_, i) => ' '.repeat(rows.depths[i]) + model.number(rows.slots[i], 'pid'));
}

describe('what the data may look like', () => {
  const cases = {
    'no process': { nodes: [], want: [] },
    'a plain tree': { nodes: [node(1, 0), node(2, 1), node(3, 2), node(4, 1)], want: ['1', ' 2', '  3', ' 4'] },
    'children before their parents': { nodes: [node(9, 3), node(3, 1), node(1, 0)], want: ['1', ' 3', '  9'] },
    'an orphan is a root': { nodes: [node(1, 0), node(5, 77)], want: ['1', '5'] },
    'one that names itself': { nodes: [node(1, 1), node(2, 1)], want: ['1', ' 2'] },
    'a circle opens at its lowest PID': { nodes: [node(3, 5), node(5, 4), node(4, 3), node(8, 5)], want: ['3', ' 4', '  5', '   8'] },
    'two circles': { nodes: [node(2, 3), node(3, 2), node(6, 7), node(7, 6)], want: ['2', ' 3', '6', ' 7'] },
    'the same process twice': { nodes: [node(1, 0), node(2, 1, { name: 'old' }), node(2, 1)], want: ['1', ' 2'] },
    'a PID used again: children go to the newer': {
      nodes: [node(1, 0), node(2, 1), { id: '2-9', pid: 2, ppid: 1, start_time: 9 }, node(3, 2)],
      want: ['1', ' 2', ' 2', '  3'],
    },
    'no ppid': { nodes: [{ id: '4-1', pid: 4 }, node(1, 0)], want: ['1', '4'] },
    'nothing but an id': { nodes: [{ id: '4-1' }, { id: '5-1' }], want: ['NaN', 'NaN'] },
    'entries that are no processes': { nodes: [null, {}, { id: 7 }, node(1, 0)], want: ['1'] },
  };
  for (const [name, { nodes, want }] of Object.entries(cases)) {
    test(name, () => assert.deepEqual(drawn(modelOf(.../** @type {any[]} */ (nodes))), want));
  }

  test('a chain of 5,000 processes', () => {
    const chain = Array.from({ length: 5000 }, (_, i) => node(i + 1, i));
    const rows = modelOf(...chain).rows();
    assert.equal(rows.length, 5000);
    assert.equal(rows.depths[4999], 4999);
  });
});

test('what is below a process, parents before their children', () => {
  const model = modelOf(node(9, 3), node(3, 1), node(1, 0), node(4, 0), node(8, 3), node(7, 9));
  /** @param {number} pid */
  const below = (pid) => model.descendantsOf(model.slotOf(`${pid}-1`)).map((slot) => model.number(slot, 'pid'));
  assert.deepEqual(below(1).toSorted(), [3, 7, 8, 9]);
  assert.equal(below(1)[0], 3);
  assert.ok(below(1).indexOf(9) < below(1).indexOf(7));
  assert.deepEqual(below(4), []);
  assert.deepEqual(below(7), []);
  model.apply({ type: 'diff', added: [node(10, 4), node(11, 10)], removed: ['3-1'] });
  assert.deepEqual(below(4), [10, 11]);
  assert.deepEqual(below(1), []);
});

test('the memory of a subtree is the sum of PSS where that is known, as shared pages are in the RSS of each process', () => {
  const memory = (/** @type {number} */ resident, /** @type {number} */ pss) => ({ memory: { resident_bytes: resident, proportional_bytes: pss } });
  const model = modelOf(node(1, 0, memory(100, 40)), node(2, 1, memory(100, 30)), node(3, 1, { memory: { resident_bytes: 7 } }), node(4, 1));
  assert.equal(model.branchNumber(model.slotOf('1-1'), 'memory'), 40 + 30 + 7);
  assert.equal(model.number(model.slotOf('1-1'), 'memory'), 100, 'its own is what the column says');
  model.apply({ type: 'diff', changed: [{ id: '2-1', memory: { resident_bytes: 100 } }] });
  assert.equal(model.branchNumber(model.slotOf('1-1'), 'memory'), 40 + 100 + 7);
});

describe('differences', () => {
  test('added, changed and removed', () => {
    const model = modelOf(node(1, 0), node(2, 1), node(3, 2));
    const { missed } = model.apply({
      type: 'diff', added: [node(4, 1)], changed: [{ id: '3-1', ppid: 1, threads: 7 }], removed: ['2-1'],
    });
    assert.equal(missed, 0);
    assert.deepEqual(drawn(model), ['1', ' 3', ' 4']);
    assert.equal(model.number(model.slotOf('3-1'), 'threads'), 7);
  });

  test('an object replaces the object before it, and null makes a field unknown', () => {
    const model = modelOf(node(1, 0, { cpu: { cores: 1, user_seconds: 5 }, threads: 2, user: 'root' }));
    model.apply({ type: 'diff', changed: [{ id: '1-1', cpu: { cores: 2 }, threads: null, user: null }] });
    const slot = model.slotOf('1-1');
    assert.equal(model.number(slot, 'cpu'), 2);
    assert.ok(Number.isNaN(model.number(slot, 'user_seconds')));
    assert.ok(Number.isNaN(model.number(slot, 'threads')));
    assert.equal(model.text(slot, 'user'), '');
    model.apply({ type: 'diff', changed: [{ id: '1-1', cpu: null }] });
    assert.ok(Number.isNaN(model.number(slot, 'cpu')));
  });

  test('a change to a process that is not there is counted, not applied', () => {
    const model = modelOf(node(1, 0));
    assert.deepEqual(model.apply({ type: 'diff', changed: [{ id: '9-1', threads: 1 }] }), { missed: 1 });
    assert.equal(model.total, 1);
  });

  test('a process that takes a free slot inherits nothing', () => {
    const model = modelOf(node(1, 0), node(2, 1, { user: 'root', threads: 3, kernel: true }));
    model.setFilter({ text: 'root' });
    assert.deepEqual(drawn(model), ['1', ' 2']);
    model.apply({ type: 'diff', removed: ['2-1'], added: [node(3, 1)] });
    assert.deepEqual(drawn(model), []);
    const slot = model.slotOf('3-1');
    assert.equal(model.text(slot, 'user'), '');
    assert.equal(model.isKernel(slot), false);
    assert.ok(Number.isNaN(model.number(slot, 'threads')));
  });

  test('a full message keeps the slots of those who stay', () => {
    const model = modelOf(node(1, 0), node(2, 1));
    const before = model.slotOf('2-1');
    model.apply({ type: 'full', processes: [node(2, 1), node(7, 1)] });
    assert.equal(model.slotOf('2-1'), before);
    assert.equal(model.slotOf('1-1'), -1);
  });
});

describe('sorting', () => {
  const host = () => modelOf(
    node(1, 0, { cpu: { cores: 0.1 } }),
    node(2, 1, { cpu: { cores: 0.2 }, user: 'b' }),
    node(3, 1, { user: 'A' }),
    node(4, 3, { cpu: { cores: 3 } }),
    node(5, 1, { cpu: { cores: 0.2 }, user: 'c' }),
    node(6, 1),
  );

  test('a branch counts with all that is below it; the unknown come last', () => {
    const model = host();
    model.setSort({ key: 'cpu', descending: true });
    assert.deepEqual(drawn(model), ['1', ' 3', '  4', ' 2', ' 5', ' 6']);
    model.setSort({ key: 'cpu', descending: false });
    assert.deepEqual(drawn(model), ['1', ' 2', ' 5', ' 3', '  4', ' 6']);
  });

  test('in a list each process counts for itself', () => {
    const model = host();
    model.setShape('list');
    model.setSort({ key: 'cpu', descending: true });
    assert.deepEqual(drawn(model), ['4', '2', '5', '1', '3', '6']);
  });

  test('texts regardless of case', () => {
    const model = host();
    model.setSort({ key: 'user', descending: false });
    assert.deepEqual(drawn(model), ['1', ' 3', '  4', ' 2', ' 5', ' 6']);
  });

  test('no such column', () => {
    assert.throws(() => host().setSort({ key: 'constructor', descending: false }), RangeError);
  });
});

describe('filtering', () => {
  const host = () => modelOf(
    node(1, 0, { name: 'init' }),
    node(20, 1, { name: 'sshd', user: 'root', group: 'access' }),
    node(21, 20, { name: 'bash', user: 'ann', cmdline: ['bash', '-l'], memory: { resident_bytes: 5e6 } }),
    node(22, 21, { name: 'vim', user: 'ann', state: 'stopped', cpu: { cores: 0.5 } }),
    node(30, 1, { name: 'nginx', user: 'www', memory: { resident_bytes: 9e6 }, kernel: true }),
  );
  const cases = /** @type {[object, string[], number][]} */ ([
    [{}, ['1', ' 20', '  21', '   22', ' 30'], 5],
    [{ text: 'BASH' }, ['1', ' 20', '  21'], 1],
    [{ text: 'bash -l' }, ['1', ' 20', '  21'], 1],
    [{ text: '2' }, ['1', ' 20', '  21', '   22'], 3],
    [{ text: '2 !vim !sshd' }, ['1', ' 20', '  21'], 1],
    [{ text: 'nobody' }, [], 0],
    [{ user: ['ann'], state: ['stopped'] }, ['1', ' 20', '  21', '   22'], 1],
    [{ group: ['access'] }, ['1', ' 20'], 1],
    [{ user: [''] }, ['1'], 1],
    [{ cpu: 0.5 }, ['1', ' 20', '  21', '   22'], 1],
    [{ memory: 6e6 }, ['1', ' 30'], 1],
    [{ kernel: false, memory: 5e6 }, ['1', ' 20', '  21'], 1],
  ]);
  for (const [filter, want, matched] of cases) {
    test(JSON.stringify(filter), () => {
      const model = host();
      model.setFilter(filter);
      assert.deepEqual(drawn(model), want);
      assert.equal(model.matched, matched);
    });
  }

  test('a search that is typed, while processes come and change, finds what one at once would find', () => {
    const nodes = Array.from({ length: 300 }, (_, i) => node(i + 1, i === 0 ? 0 : 1, { name: ['sh', 'nginx', 'node work', 'nothing'][i % 4] }));
    const model = modelOf(...nodes.slice(0, 250));
    const typed = ['n', 'no', 'nod', 'node', 'node w', 'nod', 'no !w', 'no !', 'no !work t', '', 's', 'n', 'n !no', 'n !n', 'n 1', 'n 12', 'g 12'];
    for (const [i, text] of typed.entries()) {
      model.setFilter({ text });
      // Those that come take the table beyond the 256 that it first has room for.
      const added = nodes.slice(250 + i * 3, 253 + i * 3);
      nodes[i] = { ...nodes[i], name: 'node' };
      model.apply({ type: 'diff', added, changed: [nodes[i]], removed: [] });
      const atOnce = modelOf(...nodes.slice(0, Math.min(300, 253 + i * 3)));
      atOnce.setFilter({ text });
      assert.deepEqual(drawn(model), drawn(atOnce), `"${text}"`);
      if (i % 3 === 0) assert.deepEqual(drawn(model), drawn(atOnce), 'again');
    }
  });

  test('ancestors are marked as context', () => {
    const model = host();
    model.setFilter({ text: 'bash' });
    model.rows();
    assert.deepEqual(['1-1', '20-1', '21-1'].map((id) => model.isContext(model.slotOf(id))), [true, true, false]);
  });

  test('a match is shown although its branch is folded, until it is folded again', () => {
    const model = host();
    model.setExpansion({ open: false, except: [] });
    assert.deepEqual(drawn(model), ['1']);
    model.setFilter({ text: 'bash' });
    assert.deepEqual(drawn(model), ['1', ' 20', '  21']);
    model.setExpanded('20-1', false);
    assert.deepEqual(drawn(model), ['1', ' 20']);
    model.setFilter({});
    assert.deepEqual(drawn(model), ['1']);
  });
});

describe('folding', () => {
  const host = () => modelOf(node(1, 0), node(2, 1), node(3, 2), node(4, 1));

  test('fold and open', () => {
    const model = host();
    model.setExpanded('2-1', false);
    assert.deepEqual(drawn(model), ['1', ' 2', ' 4']);
    assert.equal(model.isExpandable(model.slotOf('2-1')), true);
    assert.equal(model.isExpanded(model.slotOf('2-1')), false);
    assert.equal(model.isExpandable(model.slotOf('4-1')), false);
    assert.deepEqual(model.expansion, { open: true, except: ['2-1'] });
    model.setExpanded('2-1', true);
    assert.deepEqual(model.expansion, { open: true, except: [] });
  });

  test('what is folded while a filter is on comes back with its state, and goes with the filter', () => {
    const model = host();
    model.setFilter({ text: 'p3' });
    model.setExpanded('2-1', false);
    assert.deepEqual(drawn(model), ['1', ' 2']);
    const { expansion } = model;
    assert.deepEqual(expansion, { open: true, except: [], filtered: { open: true, except: ['2-1'] } });
    const again = host();
    again.setFilter({ text: 'p3' });
    again.setExpansion(expansion);
    assert.deepEqual(drawn(again), ['1', ' 2']);
    again.setFilter({ text: 'p3 p' });
    assert.deepEqual(drawn(again), ['1', ' 2', '  3']);
  });

  test('all branches are folded, and while a filter is on only for as long', () => {
    const model = host();
    model.setFilter({ text: 'p3' });
    model.setAllExpanded(false);
    assert.deepEqual(drawn(model), ['1']);
    model.setFilter({});
    assert.deepEqual(drawn(model), ['1', ' 2', '  3', ' 4']);
    model.setAllExpanded(false);
    assert.deepEqual(drawn(model), ['1']);
  });

  test('reveal opens everything above', () => {
    const model = host();
    model.setExpansion({ open: false, except: [] });
    model.reveal('3-1');
    assert.deepEqual(drawn(model), ['1', ' 2', '  3', ' 4']);
    model.reveal('no such id');
  });

  test('what is folded stays so over a new full message, and is forgotten with its process', () => {
    const model = host();
    model.setExpanded('2-1', false);
    model.apply({ type: 'full', processes: [node(1, 0), node(2, 1), node(3, 2)] });
    assert.deepEqual(drawn(model), ['1', ' 2']);
    model.apply({ type: 'diff', removed: ['2-1'] });
    assert.deepEqual(model.expansion.except, []);
  });
});

describe('sums and summaries', () => {
  test('a branch is summed over what is known', () => {
    const model = modelOf(
      node(1, 0, { threads: 1, memory: { resident_bytes: 10 } }),
      node(2, 1, { threads: 2 }),
      node(3, 2, { threads: 4, memory: { resident_bytes: 5, virtual_bytes: 99 } }),
      node(4, 1),
    );
    const sums = (/** @type {string} */ id) => ['threads', 'memory', 'open_fds', 'virtual'].map((key) => model.branchNumber(model.slotOf(id), key));
    assert.deepEqual(sums('1-1'), [7, 15, NaN, NaN]);
    assert.deepEqual(sums('2-1'), [6, 5, NaN, NaN]);
    assert.deepEqual(sums('3-1'), [4, 5, NaN, 99]);
    assert.deepEqual(['1-1', '2-1', '4-1'].map((id) => model.branchSize(model.slotOf(id))), [4, 2, 1]);
  });

  test('counts', () => {
    const model = modelOf(...[0, 1, 2, 3, 4, 5].map((i) => node(i + 1, 0, { state: i % 2 ? 'running' : 'sleeping' })));
    assert.deepEqual([...model.countBy('state')].sort(), [['running', 3], ['sleeping', 3]]);
  });
});
