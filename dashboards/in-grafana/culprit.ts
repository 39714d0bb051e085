/** Who names the culprit after it has ended, and in how many clicks. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import type { Scene } from './scene.ts';
import type { Stack } from './stack.ts';
import { TreeOnPage, failing, scrollTo, settle, visit } from './visit.ts';

/** A usual screen; Grafana docks its menu there. */
const USUAL = { width: 1440, height: 900 };
const HOUR = 3_600_000;

/**
 * What can be read in a table's row about a process, by the headings of the columns: cells that are in view only.
 * @param name The process of the row.
 */
async function seen(page: Page, title: string, name: string): Promise<Record<string, string>> {
  const table = await scrollTo(page, title);
  const row = table.getByRole('row').filter({ has: page.getByRole('gridcell', { name, exact: true }) }).first();
  await row.waitFor();
  const inside = (await table.boundingBox())!;
  const told: Record<string, string> = {};
  for (const head of await table.getByRole('columnheader').all()) {
    const cell = row.locator(`[role=gridcell][aria-colindex="${await head.getAttribute('aria-colindex')}"]`);
    const box = await cell.boundingBox();
    const isInView = box && box.x >= inside.x && box.x + Math.min(box.width, 150) <= inside.x + inside.width + 1;
    if (isInView) told[(await head.innerText()).trim()] = (await cell.innerText()).trim();
  }
  return told;
}

/** Checks that a row of a table names the culprit without scrolling. */
async function isNamed(page: Page, title: string, { hog, hogArgument, boss }: Scene): Promise<void> {
  const told = await seen(page, title, hog);
  const all = JSON.stringify(told);
  assert.equal(told.Parent, boss, all);
  assert.equal(told.User, 'root', all);
  assert.ok(told['Command line']?.includes(hogArgument), all);
  assert.match(told.Ended ?? '', /^\d\d:\d\d:\d\d$/, all);
  assert.equal(told.Reason, 'SIGSEGV', all);
}

export function testCulprit(open: { stack: Stack; browser: Browser; scene?: Scene }): void {
  for (const alert of ['a host', 'a group'] as const) {
    test(`from a mail about ${alert} to the culprit, after it has ended, in three clicks`, () => visit(open, 'Editor', async (page) => {
      const scene = open.scene!;
      // The first click is the one on the link of the mail, which deploy/alertmanager/templates make so.
      const group = alert === 'a group' ? `&var-tree_group=${scene.hog}` : '';
      await page.goto(`/d/proctree-host?var-instance=${open.stack.instance}&from=${scene.at - HOUR}&to=${scene.at}&viewPanel=panel-1000${group}`);
      const tree = new TreeOnPage(page);
      const row = group ? tree.row(scene.hog) : tree.rows.first();
      await row.waitFor();
      await row.locator('[data-link]').first().click();
      await page.getByRole('menuitem', { name: 'What happened around this time' }).click();
      await page.waitForURL(/\/d\/proctree-incident/);
      await settle(page);
      assert.match(new URL(page.url()).searchParams.get('var-process') ?? '', /^\d+-\d+$/);
      await isNamed(page, 'CPU time', scene);
      assert.deepEqual(await failing(page), []);
    }, USUAL));
  }

  test('Incident names the culprit at once', () => visit(open, 'Editor', async (page) => {
    const scene = open.scene!;
    await page.goto(`/d/proctree-incident?var-instance=${open.stack.instance}&from=${scene.at - 5 * 60_000}&to=${scene.end}`);
    await settle(page);
    for (const title of ['CPU time', 'Crashed']) await isNamed(page, title, scene);
  }, USUAL));
}
