import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { timeTicks, valueTicks } from '../../chart-scale.js';
import { pathOf } from '../../compare-chart.js';
import { History } from '../../history.js';
import { MOST_PINS, Pin, parsePins, togglePin, watchedOf } from '../../pins.js';
import { Store } from '../../model/store.js';
import { TreeModel } from '../../tree-model.js';

describe('marks of an axis', () => {
  const cases = /** @type {[number, boolean, number[]][]} */ ([
    [4, false, [0, 1, 2, 3, 4]],
    [3.78, false, [0, 1, 2, 3, 4]],
    [0.07, false, [0, 0.02, 0.04, 0.06, 0.08]],
    [9 * 1024, true, [0, 2.5 * 1024, 5 * 1024, 7.5 * 1024, 10 * 1024]],
    [0, false, [0, 1]],
    [NaN, true, [0, 1]],
  ]);
  for (const [highest, binary, want] of cases) {
    test(`up to ${highest}`, () => assert.deepEqual(valueTicks(highest, binary).map((v) => Number(v.toPrecision(6))), want));
  }

  test('reach every value, with few marks', () => {
    for (let value = 1e-3; value < 1e13; value *= 1.7) {
      for (const binary of [false, true]) {
        const ticks = valueTicks(value, binary);
        assert.ok(/** @type {number} */ (ticks.at(-1)) >= value * 0.999999 && ticks.length >= 3 && ticks.length <= 6, `${value}: ${ticks}`);
      }
    }
  });

  test('of time are round and few', () => {
    assert.deepEqual(timeTicks(1001, 1031, 4), [1010, 1020, 1030]);
    assert.deepEqual(timeTicks(7000, 12000, 4), [7200, 9000, 10800]);
  });
});

test('a gap in a line, and a value by itself', () => {
  assert.equal(pathOf([0, 1, 2, 3, 4], [1, 2, NaN, 3, NaN], (t) => t, (v) => v), 'M0.0 1.0L1.0 2.0M3.0 3.0h1');
});

describe('pins', () => {
  test('in a link', () => {
    assert.deepEqual(parsePins('47-123,1-5,47-123'), ['47-123', '1-5']);
    for (const none of [null, '', 'x', '1-', '-5', '1-2;3', '99999999999-1']) assert.equal(parsePins(none), undefined);
    assert.equal(parsePins(Array.from({ length: 20 }, (_, i) => `${i}-1`).join())?.length, MOST_PINS);
    assert.equal(watchedOf('memory'), 'memory');
    assert.equal(watchedOf('constructor'), 'cpu');
  });

  test('come and go; the oldest makes room', () => {
    assert.deepEqual(togglePin(undefined, '1-1'), ['1-1']);
    assert.deepEqual(togglePin(['1-1', '2-1'], '1-1'), ['2-1']);
    assert.equal(togglePin(['1-1'], '1-1'), undefined);
    const full = Array.from({ length: MOST_PINS }, (_, i) => `${i}-1`);
    assert.deepEqual(togglePin(full, '9-1'), [...full.slice(1), '9-1']);
  });

  test('have what the page noted before, and go on; what ended is a gap', () => {
    const model = new TreeModel(new Store());
    const history = new History();
    const node = (/** @type {number} */ cores) => ({ id: '1-1', pid: 1, ppid: 0, name: 'a', cpu: { cores }, memory: { resident_bytes: 10 } });
    model.apply({ type: 'full', processes: [node(1)] });
    history.record(100, model, [0]);
    model.apply({ type: 'diff', changed: [node(2)] });
    history.record(102, model, []);
    const pin = new Pin('1-1');
    pin.begin(model, history);
    model.apply({ type: 'diff', changed: [{ ...node(3), io: { read_bytes_per_second: 7 } }] });
    pin.record(102, model);
    pin.record(104, model);
    model.apply({ type: 'diff', removed: ['1-1'] });
    pin.record(106, model);
    assert.deepEqual(pin.times, [100, 102, 104, 106]);
    assert.deepEqual(pin.values.cpu, [1, 3, 3, NaN]);
    assert.deepEqual(pin.values.read, [NaN, 7, 7, NaN]);
    assert.equal(pin.ended, true);
    assert.equal(pin.name, 'a');
    assert.equal(pin.valueAt('cpu', 103), 3);
    assert.ok(Number.isNaN(pin.valueAt('cpu', 99)));
  });

  test('are bounded', () => {
    const model = new TreeModel(new Store());
    model.apply({ type: 'full', processes: [{ id: '1-1', pid: 1, ppid: 0, name: 'a' }] });
    const pin = new Pin('1-1');
    for (let i = 0; i < 5000; i++) pin.record(i, model);
    assert.equal(pin.times.length, 900);
    assert.equal(pin.values.written.length, 900);
  });
});
