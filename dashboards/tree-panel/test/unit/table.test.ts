import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { FieldColorModeId, type FieldConfig, FieldType, ThresholdsMode, applyFieldOverrides, createTheme, toDataFrame } from '@grafana/data';
import { ALL_LEVELS, DEFAULTS } from '../../src/options.ts';
import { hasOwnColors, heatOf, paletteOf } from '../../src/table/heat.ts';
import { commandOf } from '../../src/table/keys.ts';
import { cellOf, heatsOf, titleOf } from '../../src/table/paint.ts';
import { Seats } from '../../src/table/seats.ts';
import { stickyAncestors } from '../../src/table/sticky.ts';
import { parseNumber } from '../../src/toolbar/number.ts';
import { staleOf } from '../../src/stale.ts';
import { modeOf, notesOf } from '../../src/toolbar/mode.ts';
import { Tree } from '../../src/tree.ts';
import { FILES, filesFrame, rowsOf } from '../fake/files-frame.ts';

function treeOf(configs: Record<string, FieldConfig> = {}) {
  const tree = new Tree();
  const rows = rowsOf(filesFrame(FILES, configs), { labelField: 'id' });
  tree.update(rows, undefined, ALL_LEVELS);
  tree.setSort({ key: 'id', descending: false });
  return { tree, columns: rows.columns };
}

describe('keys', () => {
  // Rows: / /etc /etc/hosts /etc/passwd /var /var/log /var/log/messages
  const cases: Array<{ key: string; row: number; want: unknown }> = [
    { key: 'ArrowDown', row: -1, want: { do: 'move', row: 0 } },
    { key: 'ArrowUp', row: 2, want: { do: 'move', row: 1 } },
    { key: 'PageDown', row: 1, want: { do: 'move', row: 11 } },
    { key: 'End', row: 0, want: { do: 'move', row: 6 } },
    { key: 'ArrowRight', row: 1, want: { do: 'move', row: 2 } },
    { key: 'ArrowRight', row: 2, want: undefined },
    { key: 'ArrowLeft', row: 1, want: { do: 'expand', open: false, ids: ['/etc'] } },
    { key: 'ArrowLeft', row: 3, want: { do: 'move', row: 1 } },
    { key: 'ArrowLeft', row: -1, want: undefined },
    { key: ' ', row: 4, want: { do: 'expand', open: false, ids: ['/var'] } },
    { key: '*', row: 1, want: { do: 'expand', open: true, ids: ['/etc', '/var'] } },
    { key: 'x', row: 1, want: undefined },
    { key: 'constructor', row: 1, want: undefined },
  ];
  for (const { key, row, want } of cases) {
    test(`${key} in row ${row}`, () => {
      const { tree: { model } } = treeOf();
      const command = commandOf(key, model, { row, page: 10 });
      const plain = command?.do === 'expand' ? { do: command.do, open: command.open, ids: command.slots.map((slot) => model.idOf(slot)) } : command;
      assert.deepEqual(plain, want);
    });
  }
});

describe('ancestors that stay in view', () => {
  const cases: Array<[top: number, want: string[]]> = [
    [0, []], [0.5, []], [1, ['/', '/etc']], [2, ['/']], [4, ['/', '/var', '/var/log']], [6, ['/', '/var', '/var/log']],
  ];
  for (const [top, want] of cases) {
    test(`scrolled by ${top} rows`, () => {
      const { tree } = treeOf();
      assert.deepEqual(stickyAncestors(tree, top).map((slot) => tree.model.idOf(slot)), want);
    });
  }
});

describe('cells', () => {
  const paint = (config: FieldConfig, options = {}) => {
    const { tree, columns } = treeOf({ size: { ...config, custom: { sum: 'yes', ...config.custom } } });
    const theme = createTheme();
    const all = { tree, columns, words: [], options: { ...DEFAULTS, ...options }, isTree: true, heats: heatsOf(theme, tree, columns) };
    const size = columns.find(({ key }) => key === 'size')!;
    return { cell: (id: string, isFolded = false) => cellOf(all, size, tree.model.slotOf(id), isFolded), title: (id: string) => titleOf(all, size, tree.model.slotOf(id)) };
  };
  test('unit, decimals and the value that is not known', () => {
    const { cell } = paint({ unit: 'decbytes', decimals: 1 });
    assert.equal(cell('/var/log/messages').text, '70.0 B');
    assert.deepEqual(cell('/'), { text: '–', isFaint: true });
    assert.equal(paint({ noValue: 'none' }).cell('/').text, 'none');
  });
  test('characters that turn or hide a text are shown as escapes, in cells and tooltips', () => {
    const tree = new Tree();
    const rows = rowsOf(toDataFrame({ fields: [
      { name: 'id', type: FieldType.string, values: ['1'] }, { name: 'parent', type: FieldType.string, values: [''] },
      { name: 'name', type: FieldType.string, values: ['v\u202efdp.x\u200b\x1b'] },
    ] }), { labelField: 'name' });
    tree.update(rows, undefined, ALL_LEVELS);
    const all = { tree, columns: rows.columns, words: [], options: DEFAULTS, isTree: true, heats: new Map() };
    const name = rows.columns.find(({ key }) => key === 'name')!;
    const shown = 'v\\u202efdp.x\\u200b\\x1b';
    assert.deepEqual([cellOf(all, name, tree.model.slotOf('1'), false).text, titleOf(all, name, tree.model.slotOf('1'))], [shown, shown]);
  });
  test('what a search finds is marked where it looks', () => {
    const { tree, columns } = treeOf();
    const all = { tree, columns, words: ['1', 'etc'], options: DEFAULTS, isTree: true, heats: new Map() };
    const marks = (key: string, id: string) => cellOf(all, columns.find((c) => c.key === key)!, tree.model.slotOf(id), false).marks;
    assert.deepEqual(marks('id', '/etc/hosts'), [[1, 4]]);
    assert.equal(marks('id', '/var'), undefined);
    assert.equal(marks('size', '/etc/hosts'), undefined, 'a figure is not searched');
  });
  test('a folded row shows its sum, as do all rows if they shall', () => {
    assert.equal(paint({}).cell('/var', true).text, '72');
    assert.equal(paint({}).cell('/var').text, '0');
    assert.equal(paint({}, { sums: 'always' }).cell('/var').text, '72');
    assert.equal(paint({}).title('/var'), 'size: 0 itself, 72 with all 2 below it');
  });
  test('a sum of memory says what it is a sum of', () => {
    const MiB = 1 << 20;
    const titleWith = (pss: Array<number | null> | undefined) => {
      const frame = toDataFrame({ fields: [
        { name: 'id', type: FieldType.string, values: ['1', '2', '3'] }, { name: 'parent', type: FieldType.string, values: ['', '1', '1'] },
        { name: 'name', type: FieldType.string, values: ['pool', 'worker', 'worker'] },
        { name: 'memory', type: FieldType.number, config: { unit: 'bytes' }, values: [10 * MiB, 10 * MiB, 10 * MiB] },
        ...pss ? [{ name: 'pss', type: FieldType.number, config: { unit: 'bytes' }, values: pss }] : [],
      ] });
      const [shown] = applyFieldOverrides({ data: [frame], fieldConfig: { defaults: {}, overrides: [] }, replaceVariables: (text) => text, theme: createTheme() });
      const tree = new Tree();
      const rows = rowsOf(shown);
      tree.update(rows, undefined, ALL_LEVELS);
      const all = { tree, columns: rows.columns, words: [], options: DEFAULTS, isTree: true, heats: new Map() };
      const memory = rows.columns.find(({ key }) => key === 'memory')!;
      return [cellOf(all, memory, tree.model.slotOf('1'), true).text, titleOf(all, memory, tree.model.slotOf('1'))];
    };
    const proportional = ' (sum of PSS, which divides shared pages; RSS where PSS is not known)';
    const resident = ' (sum of RSS; shared pages counted up to 3 times)';
    for (const [pss, sum, kind] of [
      [undefined, '30 MiB', resident],
      [[null, null, null], '30 MiB', resident],
      [[4 * MiB, 4 * MiB, 4 * MiB], '12 MiB', proportional],
      [[4 * MiB, 4 * MiB, null], '18 MiB', proportional],
    ] as const) {
      assert.deepEqual(titleWith(pss && [...pss]), [sum, `memory: 10 MiB itself, ${sum} with all 2 below it${kind}`]);
    }
  });
  test('heat and bars go up to the largest value, or to the maximum that is set', () => {
    const heat = paint({ custom: { cellOptions: { type: 'color-background' } } });
    assert.notEqual(heat.cell('/var/log/messages').background, heat.cell('/etc').background);
    assert.equal(heat.cell('/var').background, undefined);
    assert.equal(paint({ custom: { cellOptions: { type: 'gauge' } } }).cell('/etc').bar, 4 / 70);
    assert.equal(paint({ max: 8, custom: { cellOptions: { type: 'gauge' } } }).cell('/etc').bar, 0.5);
  });
  test('thresholds and schemes of one\'s own colour the cell', () => {
    const thresholds = { mode: ThresholdsMode.Absolute, steps: [{ value: -Infinity, color: '#00ff00' }, { value: 50, color: '#ff0000' }] };
    const { cell } = paint({ thresholds, custom: { cellOptions: { type: 'color-background' } } });
    assert.match(cell('/var/log/messages').background!, /^#ff0000/);
    assert.match(cell('/etc').background!, /^#00ff00/);
    assert.equal(paint({ thresholds, custom: { cellOptions: { type: 'color-text' } } }).cell('/var/log/messages').color, '#ff0000');
  });
});

test('the thresholds that Grafana gives to every field are nobody\'s choice', () => {
  const field = (config: FieldConfig) => ({ ...filesFrame(FILES).fields[2], config });
  const stock = { mode: ThresholdsMode.Absolute, steps: [{ value: -Infinity, color: 'green' }, { value: 80, color: 'red' }] };
  assert.equal(hasOwnColors(field({ thresholds: stock })), false);
  assert.equal(hasOwnColors(field({ thresholds: { ...stock, steps: [stock.steps[0], { value: 90, color: 'red' }] } })), true);
  assert.equal(hasOwnColors(field({ color: { mode: FieldColorModeId.ContinuousBlPu } })), true);
  assert.equal(hasOwnColors(field({ color: { mode: FieldColorModeId.PaletteClassic } })), false);
});

test('heat tells small figures apart', () => {
  const palette = paletteOf(createTheme(), 'orange');
  const levels = [0, -1, NaN, 0.001, 0.04, 0.3, 1, 5].map((value) => palette.indexOf(heatOf(palette, value, 1) ?? ''));
  assert.deepEqual(levels, [-1, -1, -1, 0, 1, 5, 9, 9]);
  assert.equal(heatOf(palette, 1, 0), undefined);
});

test('figures as people write them', () => {
  const cases: Record<string, number | undefined> = { '0.5': 0.5, '.5': 0.5, '20M': 20e6, '1.5 GiB': 1.5 * 2 ** 30, '3 kB/s': 3000, '10%': 0.1, ' 7 ': 7, '': undefined, x: undefined, '1x': undefined, '-1': undefined };
  for (const [text, want] of Object.entries(cases)) assert.equal(parseNumber(text), want, text);
});

test('how fresh and how whole the rows are', () => {
  // Grafana's formats ask the window for feature toggles.
  Object.assign(globalThis, { window: globalThis });
  const of = (meta: object) => {
    const frame = { ...toDataFrame({ fields: [] }), meta };
    const mode = modeOf(frame, 'utc');
    const notes = notesOf(frame, 'utc');
    assert.equal(mode?.hasNotes ?? false, notes.length > 0);
    return mode && [mode.text, mode.color, ...notes];
  };
  assert.equal(of({}), undefined);
  assert.deepEqual(of({ custom: { mode: 'live' } }), ['Live', 'green']);
  assert.deepEqual(of({ custom: { mode: 'history', time: 1_790_000_000_000 } }), ['At 09-21 14:13:20', 'blue', 'Read at 2026-09-21 14:13:20.']);
  assert.deepEqual(of({ custom: { mode: 'live', partial: true, total: 40 } }), ['Live · partial', 'orange', '0 of 40 rows are known.']);
  const partial = of({ custom: { mode: 'history', partial: true, total: 40 }, notices: [{ severity: 'warning', text: 'Only the largest.' }] });
  assert.deepEqual(partial, ['Past · partial · warning', 'orange', 'Only the largest.']);
  assert.deepEqual(of({ notices: [{ severity: 'warning', text: 'Cut.' }] }), ['Warning', 'orange', 'Cut.'], 'a warning does not mean that rows are missing');
});

test('live rows are stale after an error or in silence, rows of the past never', () => {
  const of = (meta: object, isStreaming: boolean, seconds: number) => {
    const frame = { ...toDataFrame({ fields: [] }), meta };
    const stale = staleOf(frame, { time: 1, at: 1_000_000 }, isStreaming, 1_000_000 + seconds * 1000);
    return stale && [stale.seconds, stale.reason, modeOf(frame, 'utc', stale)?.text, modeOf(frame, 'utc', stale)?.color];
  };
  const live = { mode: 'live', time: 1, intervalSeconds: 2 };
  const error = [{ severity: 'error', text: 'web-1 does not answer' }];
  assert.deepEqual(of({ custom: live, notices: error }, true, 25), [25, 'web-1 does not answer', 'Stale for 25 s: web-1 does not answer', 'red']);
  assert.deepEqual(of({ custom: live, notices: error }, false, 3)?.[0], 3);
  assert.equal(of({ custom: live }, true, 6), undefined, 'three intervals are not over');
  assert.deepEqual(of({ custom: live }, true, 7), [7, 'no message from Grafana', 'Stale for 7 s: no message from Grafana', 'red']);
  assert.equal(of({ custom: live }, false, 700), undefined, 'rows that nobody refreshes');
  assert.equal(of({ custom: { mode: 'history', time: 1 }, notices: error }, true, 700), undefined);
  assert.equal(of({ custom: { mode: 'live' } }, true, 15), undefined, 'an interval that is not known is taken for five seconds');
  assert.equal(of({ custom: { mode: 'live' } }, true, 16)?.[0], 16);
});

describe('seats', () => {
  const taken = (seats: Seats, slots: number[]) => seats.take(slots).map(({ slot, isTaken }) => (isTaken ? slot : `was ${slot}`));
  test('who stays keeps its seat; who comes takes a free one', () => {
    const seats = new Seats();
    assert.deepEqual(taken(seats, [7, 8, 9]), [7, 8, 9]);
    assert.deepEqual(taken(seats, [9, 7, 8]), [7, 8, 9], 'another order');
    assert.deepEqual(taken(seats, [9, 5, 7, 6]), [7, 5, 9, 6]);
    assert.deepEqual(taken(seats, [6]), ['was 7', 'was 5', 'was 9', 6]);
    assert.deepEqual(taken(seats, [1, 6]), [1, 'was 5', 'was 9', 6]);
    assert.deepEqual(taken(seats, [9, 6]), ['was 1', 'was 5', 9, 6], 'who comes back finds its own');
    assert.deepEqual(taken(seats, []), ['was 1', 'was 5', 'was 9', 'was 6']);
  });
});
