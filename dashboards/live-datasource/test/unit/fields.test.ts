import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Settings, linesOf, withOption, withSecret, withoutSecret } from '../../src/config/fields.ts';

const settings = {
  jsonData: { job: 'proctree' }, secureJsonFields: { exporterToken: true }, secureJsonData: { exporterKey: 'k' },
} as unknown as Settings;

test('an empty field is the default, which is not stored', () => {
  assert.deepEqual(withOption(settings, 'timeoutSeconds', 7).jsonData, { job: 'proctree', timeoutSeconds: 7 });
  assert.deepEqual(withOption(settings, 'job', '').jsonData, {});
  assert.deepEqual(withOption(settings, 'job', undefined).jsonData, {});
  assert.deepEqual(withOption(settings, 'targets', []).jsonData, { job: 'proctree' });
  assert.deepEqual(settings.jsonData, { job: 'proctree' });
});

test('secrets are set and forgotten one by one', () => {
  assert.deepEqual(withSecret(settings, 'exporterToken', 't').secureJsonData, { exporterKey: 'k', exporterToken: 't' });
  const without = withoutSecret(settings, 'exporterToken');
  assert.deepEqual(without.secureJsonFields, { exporterToken: false });
  assert.deepEqual(without.secureJsonData, { exporterKey: 'k', exporterToken: '' });
});

test('lines lose blanks and empty ones', () => {
  assert.deepEqual(linesOf(' a \n\n b=http://c:1\n'), ['a', 'b=http://c:1']);
});
