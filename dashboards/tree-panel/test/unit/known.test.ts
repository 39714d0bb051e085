import assert from 'node:assert/strict';
import { test } from 'node:test';
import { METRICS } from '../../src/frame/known.gen.ts';
import { known } from '../../src/frame/known.ts';

test('every metric of the table is known, and is a column for those who ask for it', () => {
  for (const [name, { title, help, sum }] of Object.entries(METRICS)) {
    assert.ok(title && help, `${name} has no title or help`);
    assert.equal(known(name).sum ?? false, sum ?? false, `the panel sums ${name} otherwise than the table says`);
    assert.ok(known(name.toUpperCase()).from !== undefined, `the panel does not know ${name}`);
  }
});

test('earlier names and those of other sources are known too', () => {
  for (const [alias, name] of [['write', 'written'], ['fds', 'open_fds'], ['start', 'start_time'], ['rss', 'memory'], ['%CPU', 'cpu']]) {
    assert.deepEqual(known(alias), known(name), alias);
  }
  assert.deepEqual(known('beauty'), {});
});
