import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatMoment, momentOf, parseMoment } from '../../moment.js';
import { TimeWindow, intervalAt, joinMarks, marksOf, nameMarks, nearestRecorded, sharesOf, withExact } from '../../past-model.js';
import { formatState, parseState } from '../../view-state.js';

test('a moment of an address is RFC 3339, seconds or milliseconds', () => {
  for (const [text, want] of /** @type {[string|null, number|undefined][]} */ ([
    ['2026-11-28T03:12:07Z', 1795835527], ['2026-11-28T03:12:07.250Z', 1795835527.25], ['2026-11-28T04:12:07+01:00', 1795835527],
    ['2026-11-28T04:12:07 01:00', 1795835527], ['1795835527', 1795835527], ['1795835527.25', 1795835527.25], ['1795835527250', 1795835527.25],
    ['', undefined], [null, undefined], ['yesterday', undefined], ['-5', undefined], ['NaN', undefined], ['Infinity', undefined], ['1e400', undefined],
  ])) assert.equal(parseMoment(text), want, String(text));
  assert.equal(formatMoment(1795835527), '2026-11-28T03:12:07Z');
  assert.equal(parseMoment(formatMoment(1795835527.123)), 1795835527.123);
});

test('the address holds the moment, and the present has none', () => {
  const hash = formatState({ ...parseState('#q=nginx'), time: 1795835527.5 });
  assert.equal(parseState(hash).time, 1795835527.5);
  assert.equal(momentOf(`#${hash}`), 1795835527.5);
  assert.equal(parseState('#q=nginx&time=never').time, undefined);
  assert.equal(formatState(parseState('#q=nginx')), 'q=nginx');
});

test('the window zooms around a moment and stays within the recording', () => {
  const window = new TimeWindow();
  window.setBounds(1000, 2000);
  assert.deepEqual([window.from, window.to, window.isWhole], [1000, 2000, true]);
  window.zoom(0.5, 1400);
  assert.deepEqual([window.from, window.to], [1200, 1700]);
  window.pan(10_000);
  assert.deepEqual([window.from, window.to], [1500, 2000]);
  window.setBounds(1000, 2100);
  assert.deepEqual([window.from, window.to], [1600, 2100], 'a window at the end goes on with it');
  window.zoom(0.0001, 1700);
  assert.equal(window.length, 10);
  assert.ok(window.from < 1700 && window.to > 1700 && window.isShortest);
  window.setBounds(1000, 2200);
  assert.ok(window.from < 1700 && window.to > 1700, 'a window elsewhere stays');
  window.reveal(1500);
  assert.ok(window.from < 1500 && window.to > 1500 && window.length === 10);
  window.zoom(1e9, 1500);
  assert.ok(window.isWhole);
  window.setBounds(1100, 2300);
  assert.deepEqual([window.from, window.to], [1100, 2300], 'a whole window goes on to be one');
});

test('in a gap the nearest table is shown, or the one in the direction of the step', () => {
  const spans = [{ from: 100, to: 200, interval_seconds: 5 }, { from: 300, to: 400, interval_seconds: 1 }];
  for (const [time, direction, want] of [
    [150, 0, 150], [211, 0, 211], [212, 0, 200], [260, 0, 300], [212, 1, 300], [290, -1, 200], [50, 0, 100], [50, -1, 100], [500, 0, 400], [500, 1, 400],
  ]) assert.equal(nearestRecorded(spans, time, direction), want, `${time} ${direction}`);
  assert.equal(nearestRecorded([], 7), 7);
  assert.equal(intervalAt(spans, 150), 5);
  assert.equal(intervalAt(spans, 300), 1);
  assert.equal(intervalAt(spans, 250), undefined);
});

test('marks that are near each other are one, which is the worst of them', () => {
  const marks = [
    { time: 10, kind: 'crash', until: 20, count: 2 }, { time: 12, kind: 'oom_kill', until: 21, count: 1 }, { time: 50, kind: 'gap', until: 60 },
    { time: 80, kind: 'boot' }, { time: 500, kind: 'crash' },
  ];
  const joined = joinMarks(marks, { from: 0, to: 100 }, 200);
  assert.deepEqual(joined.map(({ time, kind }) => [time, kind]), [[21, 'oom_kill'], [80, 'boot']]);
  assert.equal(nameMarks(joined[0].marks), 'OOM kill, 2 crashes');
  assert.equal(joinMarks(marks, { from: 0, to: 100 }, 2000).length, 3);
  assert.equal(nameMarks([{ time: 1, kind: 'something_new' }]), 'something new');
});

test('a step of the clock, damage and lost events are marked, a gap is not: it is a part of the strip', () => {
  const marks = [{ time: 10, kind: 'clock_step' }, { time: 30, kind: 'lost', count: 7 }, { time: 50, kind: 'damage' }, { time: 60, kind: 'gap', until: 90 }];
  assert.deepEqual(joinMarks(marks, { from: 0, to: 100 }, 2000).map(({ time, kind, marks: joined }) => [time, kind, nameMarks(joined)]), [[10, 'clock_step', 'clock set'], [30, 'lost', 'events lost: 7'], [50, 'damage', 'damaged recording']]);
  // Of those in one place, that of lost events is seen: what is missing there misleads most.
  assert.deepEqual(joinMarks(marks, { from: 0, to: 100 }, 10).map(({ time, kind, marks: joined }) => [time, kind, nameMarks(joined)]), [[30, 'lost', 'events lost: 7, clock set, damaged recording']]);
  assert.equal(nameMarks([{ time: 60, kind: 'gap', until: 90 }]), 'not recorded');
});

test('what was not recorded of the host is not known', () => {
  assert.deepEqual(sharesOf({ time: 1, processes: 3, busy_cores: 1, memory_total_bytes: 100, memory_available_bytes: 25, pressure_cpu: 0.2, pressure_io: 0.7 }, 4), { cpu: 0.25, memory: 0.75, pressure: 0.7 });
  assert.deepEqual(sharesOf({ time: 1, processes: 3 }, 4), { cpu: NaN, memory: NaN, pressure: NaN });
});

test('in a short window the marks of events take the place of those to the minute', () => {
  const exact = marksOf([{ kind: 'oom_kill', time: 130 }, { kind: 'exit', time: 130.1, reason: 'oom_kill' }, { kind: 'exit', time: 140, reason: 'SIGSEGV' }, { kind: 'lost', time: 150, count: 7 }]);
  assert.deepEqual(exact, [{ kind: 'oom_kill', time: 130, count: 1 }, { kind: 'crash', time: 140, count: 1 }, { kind: 'lost', time: 150, count: 7 }]);
  const recorded = [{ time: 0, until: 60, kind: 'crash', count: 2 }, { time: 120, until: 180, kind: 'crash', count: 1 }, { time: 125, until: 128, kind: 'gap' }];
  assert.deepEqual(withExact(recorded, { from: 100, to: 200, marks: exact }), [recorded[0], recorded[2], ...exact]);
  assert.equal(withExact(recorded, undefined), recorded);
});
