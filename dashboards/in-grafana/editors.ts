/** What is set in the editors of the data source, the panel and its query is saved. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { ROW_HEIGHTS } from '../tree-panel/src/options.ts';
import { SecuredExporter } from './secured.ts';
import { type Stack, ask, eventually, freePort } from './stack.ts';
import { TreeOnPage, settle, visit } from './visit.ts';

/** A dashboard of nobody's files, so that it can be saved. */
const board = (instance: string) => ({
  uid: 'edited', title: 'Edited', panels: [{
    id: 1, type: 'proctree-tree-panel', title: 'Tree', gridPos: { x: 0, y: 0, w: 24, h: 16 }, options: {},
    datasource: { type: 'proctree-live-datasource', uid: 'proctree-live' }, targets: [{ refId: 'A', queryType: 'tree', instance }],
  }],
});

interface Edited {
  dashboard: { panels: Array<{ options: { density?: string }; targets: Array<{ match?: string }> }> };
}

export function testEditors(open: { stack: Stack; browser: Browser }): void {
  test('a data source is added, tested and saved in the browser', async () => {
    const exporter = new SecuredExporter();
    await exporter.start(open.stack);
    try {
      await visit(open, 'Admin', (page) => addsDataSource(page, exporter));
    } finally {
      exporter.stop();
    }
  });

  test('options of the panel and its query are saved', async () => {
    await ask(open.stack, 'POST', '/api/dashboards/db', { dashboard: board(open.stack.instance), overwrite: true });
    await visit(open, 'Editor', async (page) => {
      const rows = new TreeOnPage(page).rows;
      await page.goto('/d/edited?editPanel=1');
      await rows.first().waitFor();
      await page.getByRole('radio', { name: 'Tall', exact: true }).check({ force: true });
      await eventually('tall rows', async () => (await rows.first().boundingBox())?.height === ROW_HEIGHTS.comfortable);
      await page.locator('#live-A-match').fill('grafana');
      await page.locator('#live-A-match').blur();
      await page.getByRole('button', { name: 'Save dashboard' }).click();
      await page.getByRole('button', { name: 'Save', exact: true }).click();
      await eventually('what is saved', async () => {
        const { dashboard: { panels: [panel] } } = await ask<Edited>(open.stack, 'GET', '/api/dashboards/uid/edited');
        return panel.options.density === 'comfortable' && panel.targets[0].match === 'grafana';
      });
      await page.goto('/d/edited');
      await settle(page);
      assert.equal((await rows.first().boundingBox())?.height, ROW_HEIGHTS.comfortable);
      assert.ok(await rows.filter({ hasText: 'grafana' }).count() > 0);
    });
    await ask(open.stack, 'DELETE', '/api/dashboards/uid/edited');
  });
}

async function addsDataSource(page: Page, exporter: SecuredExporter): Promise<void> {
  const said = page.locator('[data-testid^="data-testid Alert"]').last();
  const saves = async (answer: RegExp) => {
    // Grafana tells settings apart by the second in which they were saved.
    await page.waitForTimeout(1100);
    await page.getByRole('button', { name: 'Save & test' }).click();
    await eventually(`the answer ${answer}`, async () => answer.test((await said.allInnerTexts()).join(' ')))
      .catch(async (error: Error) => { throw new Error(`${error.message}; it says ${await said.allInnerTexts()}`); });
  };
  const targets = async (url: string) => {
    await page.locator('#targets').fill(`secured=${url}`);
    await page.locator('#targets').blur();
  };
  await page.goto('/connections/datasources/new');
  await page.getByRole('button', { name: 'proctree live' }).click();
  await page.getByRole('radio', { name: 'List', exact: true }).check({ force: true });
  await targets(exporter.url);
  await saves(/secured: The exporter refuses the credentials \(401/);
  await page.locator('#exporterToken').fill('proctree_wrong');
  await saves(/secured: The exporter refuses the credentials \(401/);
  await page.getByRole('button', { name: 'Reset' }).first().click();
  await page.locator('#exporterToken').fill(exporter.token);
  await saves(/1 exporter is known, and secured \(\d+ processes\) answers\. Without Prometheus, the past is only what exporters recorded\./);
  await targets(`http://127.0.0.1:${await freePort()}`);
  await saves(/secured: The exporter refuses the connection/);
  await page.reload();
  assert.match(await page.locator('#targets').inputValue(), /^secured=http/, 'what was saved is there');
  assert.equal(await page.locator('#exporterToken').inputValue(), 'configured', 'the secret does not come back');
  await targets(exporter.url);
  await saves(/1 exporter is known, and secured/);
  await page.getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await page.waitForURL('**/connections/datasources');
}
