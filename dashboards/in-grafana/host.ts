/** The dashboard Host, and the tree in it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Browser } from 'playwright-core';
import { Guest } from './guest.ts';
import { type Stack, eventually } from './stack.ts';
import { TreeOnPage, failing, settle, visit } from './visit.ts';

const HOST = '/d/proctree-host?kiosk';

export function testHost(open: { stack: Stack; browser: Browser }): void {
  test('the tree has rows; a branch folds and opens', () => visit(open, 'Admin', async (page) => {
    await page.goto(HOST);
    const tree = new TreeOnPage(page);
    await tree.rows.first().waitFor();
    const root = tree.rows.first();
    assert.equal(await root.getAttribute('aria-level'), '1');
    const [id, expanded] = [await root.getAttribute('id'), await root.getAttribute('aria-expanded')];
    assert.ok(expanded !== null, 'the first row has no branch');
    const same = page.locator(`[id="${id}"]`);
    for (const wanted of expanded === 'true' ? ['false', 'true'] : ['true', 'false']) {
      const before = await tree.count();
      await same.locator('[data-twist]').click();
      await eventually(`aria-expanded ${wanted}`, async () => await same.getAttribute('aria-expanded') === wanted);
      const after = await tree.count();
      assert.ok(wanted === 'true' ? after > before : after < before, `${before} rows, then ${after}`);
    }
    await page.getByRole('button', { name: 'Fold all' }).click();
    await eventually('folded rows', async () => await tree.grid.locator('[role=row][aria-level="2"]').count() === 0);
    await page.reload();
    await tree.rows.first().waitFor();
    assert.equal(await tree.grid.locator('[role=row][aria-level="2"]').count(), 0, 'what was folded is open again');
  }));

  test('a process leads to its history, with time and host', () => visit(open, 'Viewer', async (page) => {
    await page.goto(`${HOST}&from=now-3h&to=now`);
    const tree = new TreeOnPage(page);
    await tree.search('prometheus');
    await tree.row('prometheus').locator('[data-link]').first().click();
    await page.getByRole('menuitem', { name: /^History of prometheus / }).click();
    await page.waitForURL(/\/d\/proctree-history/);
    const { searchParams } = new URL(page.url());
    const carried = Object.fromEntries(['from', 'to', 'var-instance', 'var-group'].map((name) => [name, searchParams.get(name)]));
    assert.deepEqual(carried, { from: 'now-3h', to: 'now', 'var-instance': open.stack.instance, 'var-group': 'prometheus' });
    assert.match(searchParams.get('var-pid') ?? '', /^\d+$/);
    await settle(page);
    assert.deepEqual(await failing(page), []);
  }));

  test('processes come and go by differences, without a reload; a search keeps their ancestors', () => visit(open, 'Admin', async (page, heard) => {
    const guest = new Guest(open.stack);
    await page.goto(HOST);
    const tree = new TreeOnPage(page);
    await tree.rows.first().waitFor();
    await page.evaluate(() => { document.body.dataset.since = 'the beginning'; });
    await tree.search(guest.name);
    await page.getByText('Nothing matches the filter').waitFor();
    try {
      await guest.come();
      await tree.row(guest.name).waitFor();
      const rows = await tree.rows.evaluateAll((all) => all.map((row) => ({ level: Number(row.getAttribute('aria-level')), context: row.hasAttribute('data-context') })).sort((a, b) => a.level - b.level));
      assert.deepEqual(rows.map(({ level }) => level), rows.map((_, i) => i + 1), 'one row on each level, from the root to the match');
      assert.ok(rows.length > 1, 'no ancestor');
      assert.deepEqual(rows.map(({ context }) => context), rows.map((_, i) => i < rows.length - 1), 'what only leads to the match is marked');
    } finally {
      guest.go();
    }
    await page.getByText('Nothing matches the filter').waitFor();
    assert.equal(await page.evaluate(() => document.body.dataset.since), 'the beginning', 'the page was reloaded');
    assert.ok(heard.texts.some((text) => text.includes('"type":"diff"')), 'no difference came over Grafana Live');
  }));

  for (const [role, sees] of [['Viewer', false], ['Editor', true]] as const) {
    test(`${role === 'Editor' ? 'an' : 'a'} ${role} ${sees ? 'gets' : 'gets no'} command lines, and the branch works`, () => visit(open, role, async (page, heard) => {
      const guest = new Guest(open.stack);
      await guest.come();
      try {
        await page.goto(HOST);
        const tree = new TreeOnPage(page);
        await tree.rows.first().waitFor();
        await tree.search(guest.name);
        await tree.row(guest.name).waitFor();
        await tree.search('');
        const before = await tree.count();
        await page.getByRole('button', { name: 'Open all' }).click();
        await eventually('an open branch', async () => await tree.count() > before);
        await eventually('differences', async () => heard.texts.some((text) => text.includes('"type":"diff"')));
      } finally {
        guest.go();
      }
      assert.equal(heard.texts.some((text) => text.includes(guest.name)), true, 'the process itself is for everybody');
      assert.equal(heard.texts.some((text) => text.includes(guest.path)), sees, 'the command line');
    }));
  }
}
