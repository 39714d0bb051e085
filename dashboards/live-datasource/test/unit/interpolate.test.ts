import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Replace, interpolate } from '../../src/query/interpolate.ts';

const VALUES: Record<string, string | string[]> = { instance: 'web1:10056', group: ['db, main', 'web'], user: 'root', all: ['$__all'], text: 'nginx' };

/** What Grafana's template service does with a format function. */
const replace: Replace = (text, _, format) => text.replaceAll(/\$(\w+)/g, (whole, name) => (name in VALUES ? format(VALUES[name]) : whole));

test('variables are replaced, several values stay several', () => {
  const query = { refId: 'A', instance: '$instance', match: '$text-x', group: '$group', user: '$user', state: 'running' };
  assert.deepEqual(JSON.parse(JSON.stringify(interpolate(query, {}, replace))), {
    refId: 'A', instance: 'web1:10056', match: 'nginx-x', group: ['db, main', 'web'], user: ['root'], state: ['running'],
  });
});

test('all values are no filter, and nothing is none', () => {
  const { group, user, state, match } = interpolate({ refId: 'A', instance: 'x', group: '$all', user: '' }, {}, replace);
  assert.deepEqual({ group, user, state, match }, { group: [], user: '', state: undefined, match: undefined });
});

test('a list keeps what is not a variable', () => {
  assert.deepEqual(interpolate({ refId: 'A', instance: 'x', group: ['a,b', '$user'] }, {}, replace).group, ['a,b', 'root']);
});

test('only rankings are about several hosts', () => {
  VALUES.hosts = ['web1', 'web2'];
  for (const queryType of ['top', 'used'] as const) {
    assert.deepEqual(interpolate({ refId: 'A', queryType, instance: '$hosts' }, {}, replace).instance, ['web1', 'web2']);
    assert.equal(interpolate({ refId: 'A', queryType, instance: '$instance' }, {}, replace).instance, 'web1:10056');
  }
  assert.equal(interpolate({ refId: 'A', instance: '$hosts' }, {}, replace).instance, 'web1,web2');
});

test('the id of a process, the part of a report and the kinds of events may be variables', () => {
  const query = { refId: 'A', instance: 'x', process: '$text', section: '$user', kind: ['$group'], status: '$user' };
  const { process, section, kind, status } = interpolate(query, {}, replace);
  assert.deepEqual({ process, section, kind, status }, { process: 'nginx', section: 'root', kind: ['db, main', 'web'], status: ['root'] });
});
