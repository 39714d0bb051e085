import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Series, sparkPaths } from '../../charts.js';
import { safeLink } from '../../grafana-link.js';
import { TABLE_COLUMNS, columnsToShow, firstDirection } from '../../table-columns.js';
import { occurrences } from '../../model/occurrences.js';

describe('highlight', () => {
  const cases = /** @type {[string, string[], [number, number][]][]} */ ([
    ['nginx: worker', ['work'], [[7, 11]]],
    ['NGINX', ['nginx'], [[0, 5]]],
    ['aaa', ['aa'], [[0, 2]]],
    ['abcabc', ['bc', 'ab'], [[0, 6]]],
    ['nothing', ['x'], []],
    ['\u0130stanbul', ['stan'], []],
  ]);
  for (const [text, words, want] of cases) test(`${words} in ${text}`, () => assert.deepEqual(occurrences(text, words), want));
});

describe('columns', () => {
  const keys = (/** @type {Parameters<typeof columnsToShow>[0]} */ options) => columnsToShow(options).map((c) => c.key);

  test('a phone shows what fits', () => {
    assert.deepEqual(keys({ chosen: undefined, width: 320, viewer: false }), ['name', 'cpu', 'memory']);
  });
  test('a viewer never sees command lines, even when chosen', () => {
    const shown = keys({ chosen: ['cmdline', 'exe', 'pid'], width: 2000, viewer: true });
    assert.deepEqual(shown, ['name', 'pid']);
  });
  test('the name cannot be left out', () => {
    assert.deepEqual(keys({ chosen: [], width: 2000, viewer: false }), ['name']);
  });
  test('no two columns have one key', () => {
    assert.equal(new Set(TABLE_COLUMNS.map((c) => c.key)).size, TABLE_COLUMNS.length);
  });
  test('numbers start with the largest, names with the first', () => {
    assert.deepEqual(['cpu', 'memory', 'pid', 'name', 'nice', 'start_time'].map(firstDirection), ['descending', 'descending', 'ascending', 'ascending', 'ascending', 'ascending']);
  });
});

describe('charts', () => {
  test('a gap ends the line and begins a new one', () => {
    const { line, area } = sparkPaths([0, 1, 2, 3], [1, NaN, 1, 1]);
    assert.equal(line.match(/M/g)?.length, 2);
    assert.equal(area.match(/Z/g)?.length, 2);
  });
  test('nothing known draws nothing', () => {
    assert.deepEqual(sparkPaths([0, 1], [NaN, NaN]), { line: '', area: '' });
    assert.deepEqual(sparkPaths([], []), { line: '', area: '' });
  });
  test('a series keeps the newest', () => {
    const series = new Series(2);
    [1, undefined, 3].forEach((value, time) => series.add(time, value));
    assert.deepEqual([series.times, series.values], [[1, 2], [NaN, 3]]);
  });
});

describe('links', () => {
  globalThis.document ??= /** @type {any} */ ({ baseURI: 'https://host.example/tree/' });
  const cases = /** @type {[unknown, string|undefined][]} */ ([
    ['https://grafana.example/d/1', 'https://grafana.example/d/1'],
    ['../grafana/', 'https://host.example/grafana/'],
    ['javascript:alert(1)', undefined],
    ['data:text/html,x', undefined],
    [undefined, undefined],
    [7, undefined],
  ]);
  for (const [link, want] of cases) test(String(link), () => assert.equal(safeLink(link), want));
});

/** The widths that the style sheet gives, in pixels. @type {Record<string, number>} */
const LENGTHS = { name: 250, cpu: 108 };

test('the columns that are shown by themselves fit', () => {
  for (const width of TABLE_COLUMNS.map((c) => c.from).filter((from) => from > 600 && from < Infinity)) {
    const shown = columnsToShow({ chosen: undefined, width, viewer: false });
    const sum = shown.reduce((total, c) => total + (LENGTHS[c.key] ?? parseInt(c.width, 10)), 0);
    assert.ok(sum <= width, `${sum} px of columns from ${width} px on`);
  }
});
