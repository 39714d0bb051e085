import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NUMBER_COLUMNS, TEXT_COLUMNS } from '../../model/columns.js';
import { Mirror } from '../../model/mirror.js';
import { buffersOf, takePatch } from '../../model/patch.js';
import { Store } from '../../model/store.js';
import { largest } from '../../model/summary.js';
import { columnsOf } from '../fake/columns.js';
import { FakeHost } from '../fake/host.js';

/** @import { Message } from '../../model/store.js' */

/**
 * Takes a message in and brings the mirror up to date, the patch handed over as to a page.
 * @param {Store} store
 * @param {Mirror} mirror
 * @param {Message} message
 */
function pass(store, mirror, message) {
  const { structure } = store.apply(message);
  const patch = takePatch(store, structure);
  const copy = structuredClone(patch, { transfer: buffersOf(patch) });
  const change = mirror.apply(copy);
  assert.equal(change.structure, structure);
  return copy;
}

/** What a table holds of each process, by id. @param {Store|Mirror} table */
function contents(table) {
  const parents = new Int32Array(table.capacity);
  table.findParents(parents);
  return new Map([...table.slots].toSorted().map(([id, slot]) => {
    assert.equal(table.ids[slot], id);
    const figures = NUMBER_COLUMNS.map(({ key }) => table.numbers[key][slot]);
    const texts = TEXT_COLUMNS.map(({ key }) => table.texts[key][slot]);
    return [id, { figures, texts, kernel: table.kernel[slot], parent: parents[slot] === -1 ? '' : table.ids[parents[slot]] }];
  }));
}

/** @param {FakeHost} host @returns {Message} */
const all = (host) => ({ type: 'full', processes: [...host.processes.values()] });

test('a mirror is alike after every message of a busy host', () => {
  const host = new FakeHost({ size: 700, now: 1.79e9 });
  const store = new Store();
  const mirror = new Mirror();
  pass(store, mirror, all(host));
  assert.deepEqual(contents(mirror), contents(store));
  for (let i = 0; i < 40; i++) {
    pass(store, mirror, { type: 'diff', ...host.advance(2, 1) });
    assert.deepEqual(contents(mirror), contents(store), `message ${i}`);
  }
});

test('a full message in columns makes the same table, and keeps who was there in his slot', () => {
  const host = new FakeHost({ size: 300, now: 1.79e9 });
  const [nodes, columns, mirror] = [new Store(), new Store(), new Mirror()];
  for (let i = 0; i < 3; i++) {
    nodes.apply(all(host));
    const slots = new Map(columns.slots);
    pass(columns, mirror, { type: 'full', columns: columnsOf([...host.processes.values()]) });
    assert.deepEqual(contents(columns), contents(nodes));
    assert.deepEqual(contents(mirror), contents(nodes));
    for (const [id, slot] of columns.slots) assert.equal(slots.get(id) ?? slot, slot);
    host.advance(60, 4);
  }
});

test('from one full message in columns to the next, only texts that differ are passed on', () => {
  const store = new Store();
  const mirror = new Mirror();
  const process = (/** @type {number} */ pid, /** @type {object} */ rest) => ({ id: `${pid}-1`, pid, ppid: 0, name: 'sh', user: 'root', threads: 1, ...rest });
  const show = (/** @type {any[]} */ processes) => pass(store, mirror, { type: 'full', columns: columnsOf(processes) });
  assert.equal(show([process(1, {}), process(2, {}), process(3, { kernel: true })]).textSlots.length, 3);
  const patch = show([process(1, { threads: 5 }), process(2, { user: 'ann' }), process(4, {})]);
  assert.deepEqual(patch.ids.toSorted(), ['', '2-1', '4-1']);
  assert.deepEqual(contents(mirror), contents(store));
  assert.deepEqual([mirror.numbers.threads[mirror.slots.get('1-1') ?? NaN], mirror.texts.user[mirror.slots.get('2-1') ?? NaN]], [5, 'ann']);
  assert.equal(show([process(1, {}), process(2, {}), process(4, { kernel: true })]).textSlots.length, 2);
  assert.deepEqual(contents(mirror), contents(store));
});

for (const [what, columns] of Object.entries({
  'no ids': { pid: [1] }, 'ids that are no list': { id: '1-1' }, 'an id that is none': { id: [null, '', 7] },
})) {
  test(`columns with ${what} are an empty table`, () => {
    const store = new Store();
    store.apply({ type: 'full', processes: [{ id: '1-1', pid: 1 }] });
    store.apply({ type: 'full', columns });
    assert.equal(store.slots.size, 0);
  });
}

test('columns that are missing, short or no lists leave figures and texts unknown', () => {
  const store = new Store();
  store.apply({ type: 'full', columns: { id: ['1-1', '2-1'], pid: [1], cpu: null, memory: { resident_bytes: 'much' }, name: { values: ['sh'], index: [0, 9] }, user: ['root'], kernel: { values: [true] } } });
  const { pid, cpu, memory } = store.numbers;
  const { name, user } = store.texts;
  assert.deepEqual([0, 1].map((slot) => [pid[slot], cpu[slot], memory[slot], name[slot], user[slot], store.kernel[slot]]), [
    [1, NaN, NaN, 'sh', '', 0], [NaN, NaN, NaN, '', '', 0],
  ]);
});

test('a patch holds what changed and nothing else', () => {
  const store = new Store();
  store.apply({ type: 'full', processes: [1, 2, 3].map((pid) => ({ id: `${pid}-1`, pid, ppid: 0, name: 'sh', cpu: { cores: 0 } })) });
  takePatch(store, true);
  const { structure } = store.apply({ type: 'diff', changed: [{ id: '2-1', cpu: { cores: 1 } }] });
  const { slots, textSlots, ids, parents } = takePatch(store, structure);
  assert.deepEqual({ slots: [...slots], textSlots: [...textSlots], ids, parents }, { slots: [1], textSlots: [], ids: [], parents: undefined });
});

test('the patches of a store that starts over make the mirror its own', () => {
  const mirror = new Mirror();
  pass(new Store(), mirror, all(new FakeHost({ size: 400, now: 1.79e9 })));
  for (const size of [300, 500]) {
    const store = new Store();
    pass(store, mirror, all(new FakeHost({ size, seed: size, now: 1.79e9 })));
    assert.deepEqual(contents(mirror), contents(store));
  }
});

test('an id that comes back in another slot', () => {
  const store = new Store();
  const mirror = new Mirror();
  const [a, b] = [1, 2].map((pid) => ({ id: `${pid}-1`, pid, ppid: 0 }));
  pass(store, mirror, { type: 'full', processes: [a, b] });
  store.apply({ type: 'diff', removed: ['2-1', '1-1'] });
  pass(store, mirror, { type: 'diff', added: [b, a] });
  assert.deepEqual([...mirror.slots].toSorted(), [...store.slots].toSorted());
});

test('the processes with the largest figures above 0, the first of equals first', () => {
  const store = new Store();
  const cpu = [0, 3, 1, NaN, 2, 2];
  store.apply({ type: 'full', processes: cpu.map((cores, i) => ({ id: `${i}-1`, pid: i, ppid: 0, cpu: { cores } })) });
  assert.deepEqual(largest(store, 'cpu', 3), [1, 4, 5]);
  assert.deepEqual(largest(store, 'open_fds', 3), []);
});
