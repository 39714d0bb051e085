import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Store } from '../../model/store.js';
import { TreeModel } from '../../tree-model.js';
import { columnsOf } from '../fake/columns.js';
import { Random } from '../fake/random.js';
import { Naive } from './naive.js';

const RUNS = 150;
const STEPS = 25;

/**
 * A node with few PIDs and few values, so that reused PIDs, orphans, circles, equal keys
 * and missing fields all happen often. Values are whole, so that sums are exact.
 * @param {Random} random
 */
function randomNode(random) {
  const pid = 1 + random.below(14);
  const start = random.below(3);
  const node = /** @type {any} */ ({ id: `${pid}-${start}`, pid, start_time: start });
  if (random.chance(0.9)) node.ppid = random.below(16);
  return Object.assign(node, randomFields(random));
}

/** @param {Random} random */
function randomFields(random) {
  const fields = /** @type {any} */ ({});
  const put = (/** @type {string} */ key, /** @type {any} */ value) => {
    if (random.chance(0.6)) fields[key] = value;
  };
  put('name', random.pick(['sh', 'Nginx', 'postgres', 'ba\u{1F600}d']));
  put('user', random.pick(['root', 'www']));
  put('state', random.pick(['running', 'sleeping']));
  put('group', random.pick(['web', 'db', 'other']));
  put('cmdline', random.pick([['sh', '-c', 'Sleep 1'], ['nginx:', 'worker'], []]));
  put('kernel', random.chance(0.3));
  put('threads', random.below(4));
  put('cpu', random.chance(0.8) ? { cores: random.below(5) } : {});
  put('memory', { resident_bytes: random.below(4) * 1024 });
  return fields;
}

/** @param {Random} random @param {Naive} naive */
function randomDiff(random, naive) {
  const ids = [...naive.nodes.keys()];
  const some = () => ids.filter(() => random.chance(0.3));
  const moved = () => (random.chance(0.2) ? { ppid: random.below(16) } : {});
  const blank = () => (random.chance(0.2) ? { [random.pick(['cpu', 'name', 'threads', 'ppid'])]: null } : {});
  return {
    type: /** @type {const} */ ('diff'),
    removed: [...some().filter(() => random.chance(0.5)), '99-9'],
    added: Array.from({ length: random.below(3) }, () => randomNode(random)),
    changed: some().map((id) => ({ id, ...randomFields(random), ...moved(), ...blank() })),
  };
}

/** @param {Random} random */
function randomFilter(random) {
  const filter = /** @type {any} */ ({});
  const put = (/** @type {string} */ key, /** @type {any} */ value) => {
    if (random.chance(0.25)) filter[key] = value;
  };
  put('text', random.pick(['sh', 'NGINX', '1', 'sh !c', '!', ' ', 'web root', 'nothing here']));
  put('user', random.pick([['root'], [], ['root', 'www'], ['']]));
  put('state', ['running']);
  put('group', random.pick([['db'], ['web', 'other']]));
  put('cpu', random.below(4));
  put('memory', 1024);
  put('kernel', random.chance(0.5));
  return filter;
}

/** One random action on both models. @param {Random} random @param {TreeModel} model @param {Naive} naive */
function step(random, model, naive) {
  switch (random.below(6)) {
    case 0: {
      const message = /** @type {const} */ ({ type: 'full', processes: Array.from({ length: random.below(25) }, () => randomNode(random)) });
      model.apply(random.chance(0.5) ? message : { type: 'full', columns: columnsOf(message.processes) });
      naive.apply(message);
      break;
    }
    case 1: case 2: {
      const message = randomDiff(random, naive);
      model.apply(message);
      naive.apply(message);
      break;
    }
    case 3:
      naive.sort = { key: random.pick(['pid', 'cpu', 'memory', 'threads', 'start_time', 'name', 'user', 'cmdline']), descending: random.chance(0.5) };
      naive.shape = random.chance(0.8) ? 'tree' : 'list';
      model.setSort(naive.sort);
      model.setShape(/** @type {'tree'|'list'} */ (naive.shape));
      break;
    case 4:
      naive.filter = randomFilter(random);
      naive.forgetMatches();
      model.setFilter(naive.filter);
      break;
    default: fold(random, model, naive);
  }
}

/** @param {Random} random @param {TreeModel} model @param {Naive} naive */
function fold(random, model, naive) {
  const ids = [...naive.nodes.keys()];
  if (random.chance(0.2) || ids.length === 0) {
    naive.open = random.chance(0.5);
    naive.except = new Set(ids.slice(0, 2));
    naive.forgetMatches();
    model.setExpansion({ open: naive.open, except: ids.slice(0, 2) });
    return;
  }
  const open = random.chance(0.5);
  if (random.chance(0.2)) {
    model.setAllExpanded(open);
    if (naive.filtered) [naive.openMatches, naive.exceptMatches] = [open, new Set()];
    else [naive.open, naive.except] = [open, new Set()];
    return;
  }
  const id = random.pick(ids);
  model.setExpanded(id, open);
  const [set, member] = naive.filtered ? [naive.exceptMatches, open !== naive.openMatches] : [naive.except, open !== naive.open];
  if (member) set.add(id);
  else set.delete(id);
}

/** @param {TreeModel} model */
function rowsOf(model) {
  const rows = model.rows();
  return Array.from({ length: rows.length }, (_, i) => [model.idOf(rows.slots[i]), rows.depths[i], model.isContext(rows.slots[i])]);
}

test('whatever happens, the rows are those of the plain model', () => {
  for (let seed = 1; seed <= RUNS; seed++) {
    const random = new Random(seed);
    const model = new TreeModel(new Store());
    const naive = new Naive();
    for (let i = 0; i < STEPS; i++) {
      step(random, model, naive);
      assert.deepEqual(rowsOf(model), naive.rows(), `seed ${seed}, step ${i}`);
      assert.equal(model.total, naive.nodes.size, `seed ${seed}, step ${i}: total`);
      assert.equal(model.matched, [...naive.nodes.values()].filter((n) => naive.matches(n)).length, `seed ${seed}, step ${i}: matched`);
    }
  }
});

test('rowsOf and indexOf agree, and no process has two rows', () => {
  const random = new Random(7);
  const model = new TreeModel(new Store());
  const naive = new Naive();
  for (let i = 0; i < 200; i++) {
    step(random, model, naive);
    const rows = model.rows();
    const seen = new Set(rows.slots.subarray(0, rows.length));
    assert.equal(seen.size, rows.length);
    for (let row = 0; row < rows.length; row++) assert.equal(rows.indexOf(rows.slots[row]), row);
  }
});
