import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultState, formatState, parseState } from '../../view-state.js';

const usual = defaultState();

test('nothing chosen is an empty address', () => {
  assert.equal(formatState(usual), '');
  assert.deepEqual(parseState(''), { ...usual, selected: undefined });
});

test('what was chosen comes back', () => {
  const state = {
    filter: { text: 'sh & "co" #1', user: ['root', ''], state: ['running'], group: ['a,b'], cpu: 0.05, memory: 1048576, kernel: false },
    sort: { key: 'name', descending: false },
    shape: /** @type {const} */ ('groups'),
    groupBy: /** @type {const} */ ('unit'),
    columns: ['pid', 'cpu'],
    widths: { name: 320 },
    expansion: { open: false, except: ['1-5', '77-1234'], filtered: { open: true, except: ['4-4'] } },
    selected: '77-1234',
    pins: ['77-1234', '1-5'],
    nesting: /** @type {const} */ ('cgroup'),
    compare: /** @type {const} */ ('read'),
    interval: 10,
    cpuUnit: /** @type {const} */ ('host'),
    overview: false,
  };
  assert.deepEqual(parseState(`#${formatState(state)}`), state);
});

test('an address that makes no sense leaves the view as everybody gets it', () => {
  const nonsense = '#sort=__proto__:desc&cpu=-1&memory=NaN&interval=3&view=cube&kernel=maybe&cpu-unit=toString&q=';
  assert.deepEqual(parseState(nonsense), { ...usual, selected: undefined });
});

test('a tree with very many folded branches makes no endless address', () => {
  const except = Array.from({ length: 5000 }, (_, i) => `${i}-1`);
  assert.equal(formatState({ ...usual, expansion: { open: true, except } }), '');
});
