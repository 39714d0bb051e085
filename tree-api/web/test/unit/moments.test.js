import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Moments } from '../../moments.js';

/**
 * An exporter whose answers come when the test says so.
 * @param {import('node:test').TestContext} t
 */
function answers(t) {
  /** @type {Map<string, (status: number) => void>} By the moment, for those that are asked for. */
  const open = new Map();
  t.mock.method(globalThis, 'fetch', (/** @type {URL} */ url) => new Promise((resolve) => {
    const time = url.searchParams.get('time') ?? '';
    const reply = (/** @type {number} */ status) => resolve(Response.json(
      status === 200 ? { status: 'success', data: url.pathname.endsWith('/host') ? { name: 'web' } : { time: Number(time), role: 'viewer', columns: {} } } : { status: 'error', error: 'nothing was recorded' },
      { status },
    ));
    if (url.pathname.endsWith('/host')) reply(200);
    else open.set(time, reply);
  }));
  return open;
}

/** Lets all that is ready to run do so. */
const settle = () => new Promise((resolve) => { setTimeout(resolve, 5); });

test('of moments that are wanted meanwhile only the last is asked for, before the answer that came is shown', async (t) => {
  const open = answers(t);
  /** @type {unknown[]} */
  const shown = [];
  const moments = new Moments({ onMessage: ({ time, host }) => shown.push([time, host.name, [...open.keys()].at(-1)]), onTrouble: (error) => shown.push(error.message) });
  for (const time of [1, 2, 3]) moments.ask(time);
  await settle();
  assert.deepEqual([...open.keys()], ['1.000']);
  open.get('1.000')?.(200);
  await settle();
  assert.deepEqual(shown, [[1, 'web', '3.000']]);
  open.get('3.000')?.(404);
  await settle();
  assert.equal(shown[1], 'nothing was recorded');
  moments.ask(4);
  await settle();
  open.get('4.000')?.(200);
  await settle();
  assert.equal(shown.length, 3);
});

test('an answer to a question from before a stop is dropped', async (t) => {
  const open = answers(t);
  /** @type {unknown[]} */
  const shown = [];
  const moments = new Moments({ onMessage: ({ time }) => shown.push(time), onTrouble: (error) => shown.push(error) });
  moments.ask(1);
  moments.ask(2);
  await settle();
  moments.stop();
  moments.ask(3);
  open.get('1.000')?.(200);
  await settle();
  assert.deepEqual([shown, [...open.keys()]], [[], ['1.000', '3.000']]);
  open.get('3.000')?.(200);
  await settle();
  assert.deepEqual(shown, [3]);
});
