import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Store } from '../../model/store.js';
import { TreeModel } from '../../tree-model.js';
import { grafanaLink, isForProcesses } from '../../grafana-link.js';

globalThis.document ??= /** @type {any} */ ({ baseURI: 'https://host.example/tree/' });

describe('the link to Grafana', () => {
  const store = new Store();
  const start = Math.floor(Date.now() / 1000) - 600;
  store.apply({ type: 'full', processes: [
    { id: '1-1', pid: 1, ppid: 0, start_time: 1, name: 'a&b=c#{pid}', user: '' },
    { id: '2-2', pid: 2, ppid: 1, start_time: start, name: 'young', group: 'shop' },
  ] });
  const model = new TreeModel(store);
  const subject = (/** @type {string} */ id) => ({ host: 'web 1', model, slot: model.slotOf(id) });
  const cases = /** @type {[string, import('../../grafana-link.js').Subject, string|undefined][]} */ ([
    ['https://g.example/d/x?a=1#f', {}, 'https://g.example/d/x?a=1#f'],
    ['https://g.example/?h={host}:10056&p={pid}&from={from}&to={to}', { host: 'web 1' }, 'https://g.example/?h=web%201:10056&from=now-6h&to=now'],
    ['https://g.example/?h={host}&p={pid}&n={name}&u={user}', subject('1-1'), 'https://g.example/?h=web%201&p=1&n=a%26b%3Dc%23%7Bpid%7D'],
    ['https://g.example/?g={group}&from={from}', subject('2-2'), `https://g.example/?g=shop&from=${start * 1000 - 60_000}`],
    ['https://g.example/?p={pid}', {}, 'https://g.example/'],
    ['https://g.example/?c={constructor}', subject('2-2'), 'https://g.example/'],
    ['javascript:alert({pid})', subject('2-2'), undefined],
    ['', subject('2-2'), undefined],
  ]);
  for (const [template, of, want] of cases) test(template, () => assert.equal(grafanaLink(template, of), want));
  test('is another one for each process only if it says so', () => {
    assert.equal(isForProcesses('https://g.example/?h={host}&from={from}&to={to}'), false);
    assert.equal(isForProcesses('https://g.example/?h={host}&g={group}'), true);
    assert.equal(isForProcesses(undefined), false);
  });
});
