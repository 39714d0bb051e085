/** Grafana's own alert rules on the live data source. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Browser } from 'playwright-core';
import { type Stack, ask, eventually } from './stack.ts';

const LIVE = { type: 'proctree-live-datasource', uid: 'proctree-live' };

/** A rule that fires when a query finds anything: the metric, and that it is above zero. */
const rule = (title: string, folderUID: string, query: Record<string, unknown>) => ({
  title, folderUID, ruleGroup: 'live', orgID: 1, condition: 'C', for: '0s', noDataState: 'NoData', execErrState: 'Error',
  data: [
    { refId: 'A', datasourceUid: LIVE.uid, relativeTimeRange: { from: 60, to: 0 }, model: { refId: 'A', datasource: LIVE, ...query } },
    { refId: 'C', datasourceUid: '__expr__', relativeTimeRange: { from: 0, to: 0 }, model: { refId: 'C', type: 'threshold', expression: 'A', conditions: [{ evaluator: { type: 'gt', params: [0] } }] } },
  ],
});

interface Rules {
  data: { groups: Array<{ rules: Array<{ name: string; state: string; health: string; lastError?: string; alerts?: unknown[] }> }> };
}

export function testAlerting(open: { stack: Stack; browser: Browser }): void {
  test('alert rules of Grafana take the metrics of the data source', async () => {
    const { stack } = open;
    const { uid } = await ask<{ uid: string }>(stack, 'POST', '/api/folders', { title: 'Rules' });
    const queries = { count: { queryType: 'count' }, top: { queryType: 'top', sort: 'memory', limit: 3 }, host: { queryType: 'host' }, metric: { queryType: 'host', metric: 'memory_available' } };
    for (const [title, query] of Object.entries(queries)) {
      await ask(stack, 'POST', '/api/v1/provisioning/alert-rules', rule(title, uid, { instance: stack.instance, ...query }));
    }
    await ask(stack, 'PUT', `/api/v1/provisioning/folder/${uid}/rule-groups/live`, { ...await ask<object>(stack, 'GET', `/api/v1/provisioning/folder/${uid}/rule-groups/live`), interval: 10 });
    const found = await eventually('rules that fire', async () => {
      const { data: { groups } } = await ask<Rules>(stack, 'GET', '/api/prometheus/grafana/api/v1/rules');
      const rules = groups.flatMap((group) => group.rules);
      const failed = rules.find(({ health }) => health === 'error');
      if (failed) throw new Error(`${failed.name}: ${failed.lastError}`);
      return rules.length === Object.keys(queries).length && rules.every(({ state, health }) => state === 'firing' && health === 'ok') && rules;
    }, 90);
    const alerts = (rule: string) => found.find(({ name }) => name === rule)?.alerts?.length ?? 0;
    assert.equal(alerts('top'), 3, 'an alert per process');
    assert.equal(alerts('metric'), 1);
    assert.ok(alerts('host') > 1, 'an alert per metric');
  });
}
