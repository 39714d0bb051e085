import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { LEAST_WIDTH, MOST_WIDTH, formatWidths, parseWidths, widthByKey, withWidth } from '../../column-widths.js';
import { indentation, mostLevels } from '../../indent.js';

describe('widths of columns in a link', () => {
  const cases = /** @type {[string|null, Record<string, number>|undefined][]} */ ([
    ['name:320', { name: 320 }],
    ['name:320,cmdline:400', { name: 320, cmdline: 400 }],
    ['name:1', { name: LEAST_WIDTH }],
    ['name:99999', { name: MOST_WIDTH }],
    ['name:-5,pid:100', { pid: 100 }],
    ['name:1e9,nothing:100,pid', undefined],
    ['__proto__:100', undefined],
    ['', undefined],
    [null, undefined],
  ]);
  for (const [text, want] of cases) test(String(text), () => assert.deepEqual(parseWidths(text), want));

  test('are written as they are read', () => {
    const text = 'name:320,cpu:90';
    assert.equal(formatWidths(parseWidths(text)), text);
  });
});

test('one column gets another width, or its own again', () => {
  assert.deepEqual(withWidth(undefined, 'name', 300.6), { name: 301 });
  assert.deepEqual(withWidth({ name: 301 }, 'pid', 3), { name: 301, pid: LEAST_WIDTH });
  assert.deepEqual(withWidth({ name: 301, pid: 60 }, 'name', undefined), { pid: 60 });
  assert.equal(withWidth({ name: 301 }, 'name', undefined), undefined);
});

test('keys', () => {
  assert.deepEqual(widthByKey('ArrowLeft', 100), { width: 84 });
  assert.deepEqual(widthByKey('ArrowRight', 100), { width: 116 });
  assert.deepEqual(widthByKey('Home', 100), { width: undefined });
  assert.equal(widthByKey('Enter', 100), undefined);
});

describe('indentation', () => {
  test('ends before the name has no room', () => {
    for (const step of [10, 16]) {
      for (let width = step * 14; width < 900; width += 7) {
        const { levels, capped, room } = indentation({ depth: 200, width, step });
        assert.ok(capped && levels >= 2);
        assert.ok(room >= Math.min(112, width * 0.35), `${room} px for a name in ${width} px`);
      }
    }
  });

  test('is that of the depth where there is room', () => {
    assert.deepEqual(indentation({ depth: 3, width: 400, step: 16 }), { levels: 3, capped: false, room: 400 - 40 - 48 });
  });

  test('is little while the width is not known', () => {
    assert.equal(mostLevels(NaN, 16), 2);
    assert.equal(mostLevels(undefined, 16), 2);
  });
});
