import assert from 'node:assert/strict';
import { test } from 'node:test';
import { annotationQuery } from '../../src/query/annotation.ts';

test('a new annotation marks the abnormal ends of the chosen host', () => {
  assert.deepEqual(annotationQuery(undefined), {
    refId: 'Anno', queryType: 'events', format: 'annotations', instance: '$instance', kind: ['exit', 'oom_kill'], status: ['abnormal'],
  });
});

test('an annotation keeps its filters, and asks for events as annotations', () => {
  assert.deepEqual(annotationQuery({ refId: 'A', queryType: 'tree', instance: 'web1', kind: 'exec' }), {
    refId: 'Anno', queryType: 'events', format: 'annotations', instance: 'web1', kind: 'exec',
  });
});
