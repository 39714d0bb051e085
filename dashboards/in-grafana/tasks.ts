/** What an administrator asks on a bad day, on a laptop's screen and with Grafana's own frame around it. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { test } from 'node:test';
import type { Browser, Locator, Page } from 'playwright-core';
import { type Stack, eventually } from './stack.ts';
import { TALL, TreeOnPage, failing, settle, visit } from './visit.ts';

const LAPTOP = { width: 1366, height: 768 };

/** A panel by its title. */
const panel = (page: Page, title: string): Locator => page.locator(`section[data-testid="data-testid Panel header ${title}"]`);

/** How many of some elements are hit by a click into their middle, once they are scrolled to. */
const missed = (within: Locator): Promise<number> => within.evaluate((element) => [...element.querySelectorAll('input')].filter((input) => {
  input.scrollIntoView({ block: 'nearest' });
  const { left, top, width, height } = input.getBoundingClientRect();
  const hit = document.elementFromPoint(left + width / 2, top + height / 2);
  return !hit || !(input.closest('label') ?? input.parentElement)!.contains(hit);
}).length);

export function testTasks(open: { stack: Stack; browser: Browser }): void {
  test('columns and filters of the tree can be chosen as Host opens', () => visit(open, 'Viewer', async (page) => {
    await page.goto('/d/proctree-host');
    await settle(page);
    const tree = new TreeOnPage(page);
    await tree.rows.first().scrollIntoViewIfNeeded();
    for (const name of ['Columns', 'Filter']) {
      await tree.toolbar.getByRole('button', { name }).click();
      const dialog = page.getByRole('dialog', { name });
      await dialog.waitFor();
      assert.ok(await dialog.locator('input').count() > 0, name);
      assert.equal(await missed(dialog), 0, name);
      await page.keyboard.press('Escape');
    }
  }, LAPTOP));

  test('what crashed, and how, stands at the top of Host and Processes', async () => {
    const crash = () => new Promise((ended) => { spawn('sh', ['-c', 'kill -SEGV $$'], { stdio: 'ignore' }).once('exit', ended); });
    // Grafana asks about the last minutes: the crash has to be seen by two scrapes.
    for (let i = 0; i < 3; i++) {
      await crash();
      await new Promise((later) => { setTimeout(later, 2000); });
    }
    await visit(open, 'Viewer', async (page) => {
      for (const uid of ['host', 'processes']) {
        await eventually(`SIGSEGV on ${uid}`, async () => {
          await page.goto(`/d/proctree-${uid}?from=now-5m&to=now`);
          await settle(page);
          return (await panel(page, 'Crashes').last().innerText()).includes('SIGSEGV');
        });
        const box = (await panel(page, 'Crashes').last().boundingBox())!;
        assert.ok(box.y < LAPTOP.height, `the table of crashes begins ${box.y} px down`);
        assert.match(await panel(page, 'Crashes').first().innerText(), /[1-9]/, 'the tile counts them');
      }
    }, LAPTOP);
  });

  test('bars are as long as their metrics', () => visit(open, 'Viewer', async (page) => {
    await page.goto('/d/proctree-processes?from=now-15m&to=now');
    await settle(page);
    const table = panel(page, 'Memory').first();
    await table.scrollIntoViewIfNeeded();
    await settle(page);
    const longest = await table.evaluate((element) => Math.max(...[...element.querySelectorAll<HTMLElement>('[role=gridcell] div[style*="width"]')]
      .map((bar) => bar.getBoundingClientRect().width / bar.closest('[role=gridcell]')!.getBoundingClientRect().width)));
    assert.ok(longest > 0.4, `the longest bar fills ${longest} of its cell`);
  }, LAPTOP));

  test('an alert leads to its rule and to a silence that is filled in', () => visit(open, 'Editor', async (page) => {
    await page.goto('/alerting/silence/new?alertmanager=Alertmanager&matcher=alertname%3DHostCPUHigh&matcher=instance%3Dweb');
    await page.getByText('HostCPUHigh').or(page.locator('input[value="HostCPUHigh"]')).first().waitFor();
    await page.goto('/d/proctree-alerts');
    await settle(page);
  }, LAPTOP));

  test('a graph is compared with the time before', () => visit(open, 'Viewer', async (page) => {
    await page.goto('/d/proctree-host?from=now-5m&to=now&var-before=1h');
    await settle(page);
    await panel(page, 'CPU by mode (cores)').waitFor();
    assert.equal(await page.getByText('Compare with', { exact: true }).count(), 1);
    assert.deepEqual(await failing(page), []);
  }, TALL));
}
