import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { NESTINGS, stepsTo } from '../../model/branches.js';
import { Mirror } from '../../model/mirror.js';
import { takePatch } from '../../model/patch.js';
import { Store } from '../../model/store.js';
import { TreeModel } from '../../tree-model.js';
import { FakeHost } from '../fake/host.js';

/** @import { By } from '../../model/branches.js' */

const shared = JSON.parse(readFileSync(new URL('../../../tree/testdata/nesting.json', import.meta.url), 'utf8'));

const ID = '8c1f0e6a9b7d4c2f8c1f0e6a9b7d4c2f8c1f0e6a9b7d4c2f8c1f0e6a9b7d4c2f';
const UID = '0f3c1f7e-6a2b-4b1e-9d55-2f0c8b7d1a11';

/** @param {By} by @param {Record<string, string>} texts */
const steps = (by, texts) => stepsTo(by, (metric) => texts[metric] ?? '').map(({ kind, name, label }) => `${kind} ${name} "${label}"`);

describe('the way to a process is the one that the API has', () => {
  const kubernetes = { pod_uid: UID, container: ID, namespace: 'shop', pod: 'web-0', container_name: 'nginx' };
  /** @type {Record<string, [By, Record<string, string>, string[]]>} */
  const cases = {
    'a unit': ['cgroup', { cgroup: '/system.slice/ssh.service', unit: 'ssh.service' }, ['slice system.slice "system.slice"', 'unit ssh.service "ssh.service"']],
    'a pod by the systemd driver': [
      'cgroup', { ...kubernetes, cgroup: `/kubepods.slice/kubepods-pod${UID.replaceAll('-', '_')}.slice/cri-containerd-${ID}.scope` },
      ['slice kubepods.slice "kubepods.slice"', `pod ${UID} "pod shop/web-0"`, `container ${ID} "container nginx"`],
    ],
    'a pod without a name': ['cgroup', { pod_uid: UID, cgroup: `/kubepods/pod${UID}` }, ['cgroup kubepods "kubepods"', `pod ${UID} "pod ${UID}"`]],
    'a container without a name': ['cgroup', { container: ID, cgroup: `/docker/${ID}` }, ['cgroup docker "docker"', `container ${ID} "container ${ID.slice(0, 12)}"`]],
    'the root': ['cgroup', { cgroup: '/' }, ['cgroup / "/"']],
    'what a viewer sees': ['cgroup', { ...kubernetes, unit: 'a.service' }, ['unit a.service "a.service"', `pod ${UID} "pod shop/web-0"`, `container ${ID} "container nginx"`]],
    'nothing known': ['cgroup', {}, ['cgroup  "(no control group)"']],
    'a user': ['user', { user: 'www-data' }, ['user www-data "www-data"']],
    'no group': ['group', {}, ['group  "(no group)"']],
  };
  for (const [name, [by, texts, want]] of Object.entries(cases)) test(name, () => assert.deepEqual(steps(by, texts), want));

  test('a path of 2,000 levels', () => {
    const way = steps('cgroup', { cgroup: '/a'.repeat(2000) });
    assert.equal(way.length, shared.most_levels);
    assert.equal(way.at(-1)?.split(' ')[1], `a${'/a'.repeat(2000 - shared.most_levels)}`);
  });
});

/** @param {number} pid @param {number} ppid @param {object} more */
const node = (pid, ppid, more) => ({ id: `${pid}-1`, pid, ppid, start_time: 1, name: `p${pid}`, ...more });

const NODES = [
  node(1, 0, { user: 'root', cgroup: '/init.scope', group: 'init', memory: { resident_bytes: 1 } }),
  node(2, 0, { user: 'root', cgroup: '/', kernel: true, memory: { resident_bytes: 0 } }),
  node(3, 1, { user: 'www', cgroup: '/system.slice/web.service', unit: 'web.service', group: 'web', memory: { resident_bytes: 10 } }),
  node(4, 3, { user: 'www', cgroup: '/system.slice/web.service', unit: 'web.service', group: 'web', memory: { resident_bytes: 20, proportional_bytes: 5 } }),
  node(5, 1, { cgroup: '/system.slice/db.service', unit: 'db.service', memory: { resident_bytes: 40 } }),
];

/** @param {By} by @param {any[]} [processes] */
function modelOf(by, processes = NODES) {
  const model = new TreeModel(new Store());
  model.setNesting(by);
  model.apply({ type: 'full', processes });
  return model;
}

/** The rows as names with their memory, indented by depth. @param {TreeModel} model */
function drawn(model) {
  const rows = model.rows();
  return Array.from({ length: rows.length }, (_, i) => {
    const slot = rows.slots[i];
    return `${' '.repeat(rows.depths[i])}${model.text(slot, 'name')}${model.isBranch(slot) ? ` ${model.branchNumber(slot, 'memory')}/${model.branchSize(slot)}` : ''}`;
  });
}

/** A process of the shared cases, as a role sees it. @param {Record<string, any>} process @param {string} role */
const sharedNode = ({ pid, memory, cgroup, ...facts }, role) =>
  node(pid, 0, { ...facts, group: facts.name, ...role === 'operator' && { cgroup }, ...memory && { memory: { resident_bytes: memory } } });

/** The rows as lines of the shared cases, in which branches stand before processes. @param {TreeModel} model */
function sharedLines(model) {
  const rows = model.rows();
  const shown = Array.from(rows.slots.subarray(0, rows.length));
  /** @param {number} parent @param {number} depth @returns {string[]} */
  const below = (parent, depth) => {
    const inside = shown.filter((slot, row) => model.parentOf(slot) === parent && rows.depths[row] === depth);
    const branches = inside.filter((slot) => model.isBranch(slot));
    return [...branches, ...inside.filter((slot) => !model.isBranch(slot))].flatMap((slot) => {
      const branch = model.branchOf(slot);
      const line = branch ? `${branch.kind} ${branch.name} ${model.branchSize(slot)}` : `${model.number(slot, 'pid')}`;
      return [' '.repeat(depth) + line, ...below(slot, depth + 1)];
    });
  };
  return below(-1, 0);
}

for (const { by, role, sort, pids, lines } of shared.trees) {
  test(`the tree of the API: by ${by} as ${role}${sort ? `, sorted by ${sort}` : ''}${pids ? `, of ${pids.length}` : ''}`, () => {
    const chosen = shared.processes.filter((/** @type {{pid: number}} */ { pid }) => pids?.includes(pid) ?? true);
    const model = modelOf(by, chosen.map((/** @type {Record<string, any>} */ process) => sharedNode(process, role)));
    if (sort) model.setSort({ key: sort, descending: true });
    assert.deepEqual(sharedLines(model), lines);
  });
}

test('the same processes below slices and units, users or groups, with sums', () => {
  assert.deepEqual(drawn(modelOf('cgroup')), [
    '/ 0/1', ' p2', 'init.scope 1/1', ' p1', 'system.slice 55/3', ' db.service 40/1', '  p5', ' web.service 15/2', '  p3', '  p4',
  ]);
  assert.deepEqual(drawn(modelOf('user')), ['root 1/2', ' p1', ' p2', 'www 15/2', ' p3', ' p4', '(no user) 40/1', ' p5']);
  assert.deepEqual(drawn(modelOf('group')), ['init 1/1', ' p1', 'web 15/2', ' p3', ' p4', '(no group) 40/2', ' p2', ' p5']);
  assert.deepEqual(drawn(modelOf('parent')), ['p1', ' p3', '  p4', ' p5', 'p2']);
});

test('branches are sorted by their sums, and are no processes to count, find or list', () => {
  const model = modelOf('cgroup');
  model.setSort({ key: 'memory', descending: true });
  assert.deepEqual(drawn(model).filter((row) => /^ ?[^ ]+ [0-9]/.test(row)), ['system.slice 55/3', ' db.service 40/1', ' web.service 15/2', 'init.scope 1/1', '/ 0/1']);
  assert.deepEqual([model.total, model.matched, model.matchSlots().length], [5, 5, 5]);
  assert.deepEqual(model.countBy('user'), new Map([['root', 2], ['www', 2], ['', 1]]));
  model.setFilter({ text: 'service' });
  assert.deepEqual([model.matched, drawn(model).length], [3, 6]);
  model.setFilter({ text: 'p4' });
  assert.deepEqual(drawn(model), ['system.slice 55/3', ' web.service 15/2', '  p4']);
  assert.ok(model.isContext(model.rows().slots[0]));
  model.setFilter({ text: 'system.slice', user: ['www'] });
  assert.equal(model.matched, 2);
  model.setFilter({ text: '(no' });
  assert.equal(model.rows().length, 0);
  model.setFilter({});
  model.setShape('list');
  assert.equal(model.rows().length, 5);
});

test('who is whose child stays known in each tree', () => {
  for (const by of NESTINGS) {
    const model = modelOf(by);
    const [p1, p3, p4] = ['1-1', '3-1', '4-1'].map((id) => model.slotOf(id));
    const { parentOf, sizeOf, sumOf } = model.family;
    assert.deepEqual([parentOf(p4), parentOf(p3), parentOf(p1)], [p3, p1, -1], by);
    assert.deepEqual([sizeOf(p1), sumOf(p1, 'memory'), sumOf(p3, 'memory')], [4, 56, 15]);
    assert.deepEqual(model.descendantsOf(p1).map((slot) => model.number(slot, 'pid')).toSorted(), [3, 4, 5]);
    model.apply({ type: 'diff', changed: [{ id: '4-1', ppid: 1, memory: { proportional_bytes: 7 } }] });
    assert.deepEqual([model.family.parentOf(p4), model.family.sumOf(p3, 'memory'), model.family.sumOf(p1, 'memory')], [p1, 10, 58]);
  }
});

test('what is folded stays so from message to message, and in each tree', () => {
  const model = modelOf('cgroup');
  model.setExpanded('cgroup:/slice:system.slice', false);
  assert.equal(model.rows().length, 5);
  model.setNesting('user');
  model.setExpanded('user:/user:root', false);
  model.apply({ type: 'diff', added: [node(9, 1, { user: 'a,b/c: d%' })] });
  assert.ok(drawn(model).includes('a,b/c: d% NaN/1'));
  assert.ok(model.slotOf('user:/user:a%2Cb%2Fc%3A%20d%25') > 0, 'an id has nothing that an address or an attribute must not have');
  assert.deepEqual(model.expansion, { open: true, except: ['cgroup:/slice:system.slice', 'user:/user:root'] });
  model.setNesting('cgroup');
  assert.ok(drawn(model).includes('system.slice 55/3') && !drawn(model).includes('  p3'));
  model.reveal('3-1');
  assert.ok(drawn(model).includes('  p3'));
});

test('a process that moves to another branch is there at once, and an empty branch is gone', () => {
  const model = modelOf('cgroup');
  model.apply({ type: 'diff', changed: [{ id: '5-1', cgroup: '/system.slice/web.service', unit: 'web.service' }] });
  assert.ok(!drawn(model).some((row) => row.includes('db.service')));
  model.apply({ type: 'diff', removed: ['5-1', '4-1', '3-1'], added: [{ id: '7-1', pid: 7 }] });
  assert.deepEqual(drawn(model), ['/ 0/1', ' p2', 'init.scope 1/1', ' p1', '(no control group) NaN/1', ' ']);
});

test('through many messages and changes of the tree each process is in it once, below what it belongs to', () => {
  const host = new FakeHost({ size: 400, seed: 7, now: 1_790_000_000 });
  const store = new Store();
  const model = new TreeModel(new Mirror());
  /** @param {any} message */
  const pass = (message) => { model.apply(takePatch(store, store.apply(message).structure)); };
  pass({ type: 'full', processes: [...host.processes.values()] });
  for (let round = 0; round < 60; round++) {
    const by = NESTINGS[round % 7 % NESTINGS.length];
    model.setNesting(by);
    if (round % 5 === 4) model.setShape(round % 2 ? 'list' : 'tree');
    for (let i = 0; i < 3; i++) pass({ type: 'diff', ...host.advance(2, 4) });
    const rows = model.rows();
    const shown = Array.from(rows.slots.subarray(0, rows.length)).filter((slot) => !model.isBranch(slot));
    assert.deepEqual(new Set(shown.map((slot) => model.number(slot, 'pid'))), new Set(host.processes.keys()));
    assert.equal(shown.length, host.processes.size);
    for (const slot of shown) {
      const parent = model.parentOf(slot);
      const process = host.processes.get(model.number(slot, 'pid'));
      assert.equal(model.text(slot, 'name'), process.name);
      if (model.isBranch(parent) && by !== 'cgroup') assert.equal(model.text(parent, 'name'), process[by] ?? `(no ${by})`);
      if (model.isBranch(parent) && by === 'cgroup') assert.equal(model.branchOf(parent)?.name, process.cgroup === '/' ? '/' : process.container ?? process.cgroup.split('/').at(-1));
    }
    const roots = Array.from(rows.slots.subarray(0, rows.length)).filter((_, i) => rows.depths[i] === 0);
    if (model.isBranch(rows.slots[0])) assert.equal(roots.reduce((sum, slot) => sum + model.branchSize(slot), 0), host.processes.size);
  }
});
