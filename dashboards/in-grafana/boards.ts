/** All dashboards, as each role sees them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Browser } from 'playwright-core';
import { type Stack, ask } from './stack.ts';
import { TALL, failing, openRows, settle, visit } from './visit.ts';

/** A query that Prometheus refuses. */
const BROKEN = {
  uid: 'broken', title: 'Broken', panels: [{
    id: 1, type: 'timeseries', title: 'Broken', gridPos: { x: 0, y: 0, w: 24, h: 8 },
    datasource: { type: 'prometheus', uid: 'proctree-prometheus' }, targets: [{ refId: 'A', expr: 'rate(' }],
  }],
};

export function testBoards(open: { stack: Stack; browser: Browser }): void {
  test('a panel that fails is noticed', async () => {
    await ask(open.stack, 'POST', '/api/dashboards/db', { dashboard: BROKEN, overwrite: true });
    await visit(open, 'Admin', async (page) => {
      await page.goto('/d/broken');
      await settle(page);
      assert.deepEqual(await failing(page), ['Broken']);
    });
    await ask(open.stack, 'DELETE', '/api/dashboards/uid/broken');
  });

  for (const uid of ['fleet', 'host', 'incident', 'processes', 'history', 'anomalies', 'alerts', 'exporter']) {
    test(`${uid}: every panel is drawn, and none fails`, () => visit(open, 'Viewer', async (page) => {
      await page.goto(`/d/proctree-${uid}`);
      await settle(page);
      await openRows(page);
      await settle(page);
      assert.deepEqual(await failing(page), []);
      assert.ok(await page.locator('section[data-testid^="data-testid Panel header"]').count() > 3, 'hardly a panel');
    }, TALL));
  }
}
