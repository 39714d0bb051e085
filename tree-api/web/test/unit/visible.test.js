import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatClock, formatTime, withoutMarks } from '../../format.js';
import { visible } from '../../visible.js';

test('characters that cannot be seen are shown as the terminal shows them', () => {
  for (const [text, want] of [
    ['', ''],
    ['bash', 'bash'],
    ['café 日本 🎉 e\u0301 ❤\ufe0f', 'café 日本 🎉 e\u0301 ❤\ufe0f'],
    ['שלום', 'שלום'],
    ['v\u202efdp.x', 'v\\u202efdp.x'],
    ['\u202a\u202b\u202c\u202d\u202e', '\\u202a\\u202b\\u202c\\u202d\\u202e'],
    ['\u2066\u2067\u2068\u2069', '\\u2066\\u2067\\u2068\\u2069'],
    ['\u200b\u200c\u200d\u200e\u200f', '\\u200b\\u200c\\u200d\\u200e\\u200f'],
    ['\ufeff\u2028\u2029\u061c\u00ad\u2060', '\\ufeff\\u2028\\u2029\\u061c\\u00ad\\u2060'],
    ['a\x1b[2J\x07\x7f\u009bc\r\n\td\0', 'a\\x1b[2J\\x07\\x7f\\u009bc\\x0d\\n\\td\\x00'],
    ['\u{e0041}\ue000\ud800', '\\U000e0041\\ue000\\ud800'],
    ['\u115f\u1160\u3164\uffa0', '\\u115f\\u1160\\u3164\\uffa0'],
    ['a\\b\ufffd', 'a\\b\ufffd'],
  ]) assert.equal(visible(text), want, JSON.stringify(text));
});

test('dates have nothing that would be shown as an escape', () => {
  for (const text of [formatTime(1.7e9), formatClock(1.7e9), ...['ar', 'fa', 'he'].map((language) => withoutMarks(new Date(1.7e12).toLocaleString(language)))]) assert.equal(visible(text), text);
});
