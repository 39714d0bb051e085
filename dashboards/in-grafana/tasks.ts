/** What an administrator asks on a bad day, on a laptop's screen and with Grafana's own frame around it. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { test } from 'node:test';
import type { Browser, Locator, Page } from 'playwright-core';
import { withScript } from './guest.ts';
import { type Stack, eventually } from './stack.ts';
import { LAPTOP, TALL, TreeOnPage, failing, panel, scrollTo, settle, visit } from './visit.ts';

/** How many of some elements are hit by a click into their middle, once they are scrolled to. */
const missed = (within: Locator): Promise<number> => within.evaluate((element) => [...element.querySelectorAll('input')].filter((input) => {
  input.scrollIntoView({ block: 'nearest' });
  const { left, top, width, height } = input.getBoundingClientRect();
  const hit = document.elementFromPoint(left + width / 2, top + height / 2);
  return !hit || !(input.closest('label') ?? input.parentElement)!.contains(hit);
}).length);

export function testTasks(open: { stack: Stack; browser: Browser }): void {
  /** Waits until the first table of a title names something. The recording rules and two scrapes may have to come first. */
  const listed = (what: string, board: string, title: string, name: string, more?: (page: Page) => Promise<void>) => visit(open, 'Viewer', async (page) => {
    await eventually(what, async () => {
      await page.goto(`/d/proctree-${board}`);
      await settle(page);
      return (await panel(page, title).first().innerText()).includes(name);
    }, 150);
    await more?.(page);
  }, TALL);

  test('columns and filters of the tree can be chosen as Host opens', () => visit(open, 'Viewer', async (page) => {
    await page.goto('/d/proctree-host');
    await settle(page);
    await scrollTo(page, 'Process tree');
    const tree = new TreeOnPage(page);
    await tree.rows.first().waitFor();
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

  test('who uses the CPU, and who started it?', async () => {
    const [boss, hog] = ['boss', 'hog'].map((name) => `${name}-${process.pid}`);
    await withScript(open.stack, { [boss]: '"$1" -c "ulimit -t 300; while :; do :; done" & wait; :', [hog]: '' }, () => visit(open, 'Viewer', async (page) => {
      await page.goto('/d/proctree-host');
      const tree = new TreeOnPage(page);
      await tree.rows.first().waitFor();
      await tree.search(hog);
      await eventually(`${hog} with CPU`, async () => parseFloat(await tree.row(hog).locator('[data-column="cpu"]').innerText()) > 0);
      const names = await tree.rows.evaluateAll((rows) => rows.sort((a, b) => Number(a.getAttribute('aria-level')) - Number(b.getAttribute('aria-level')))
        .map((row) => row.querySelector('[role=rowheader]')?.textContent ?? ''));
      assert.ok(names.at(-1)?.includes(hog) && names.at(-2)?.includes(boss), `the path is ${names.join(' > ')}`);
      await eventually(`${hog} among the largest`, async () => {
        await page.goto('/d/proctree-processes?from=now-5m&to=now');
        await settle(page);
        return (await panel(page, 'Processes').last().innerText()).includes(hog);
      }, 90);
    }, TALL));
  });

  test('which group grows?', async () => {
    const name = `grow-${process.pid}`;
    const script = 'x=$(printf %1048576s); for i in 1 2 3 4 5 6; do sleep 2; x=$x$x; done; sleep 600; :';
    await withScript(open.stack, { [name]: script }, () => listed(`${name} among those that grew`, 'processes?from=now-5m&to=now', 'Memory that grew', name));
  });

  test('what burns CPU in processes too short to be seen?', async () => {
    const [spawner, name] = ['spawner', 'burst'].map((part) => `${part}-${process.pid}`);
    // A twentieth of a second of work, three times a second.
    const script = 'ulimit -t 300; while :; do "$1" -c "i=0; while [ \\$i -lt 20000 ]; do i=\\$((i+1)); done"; sleep 0.3; done';
    await withScript(open.stack, { [spawner]: script, [name]: '' }, () => listed(`${name} among the short-lived`, 'processes?from=now-5m&to=now', 'Short-lived processes', name));
  });

  test('which host is worst off? It is the first, and a click opens it', () => visit(open, 'Viewer', async (page) => {
    await page.goto('/d/proctree-fleet');
    await settle(page);
    const hosts = panel(page, 'Hosts').last();
    const first = hosts.locator('[role=row]').filter({ has: page.getByRole('gridcell') }).first();
    assert.match(await first.innerText(), /fine|warning|critical|down/);
    await first.getByRole('link', { name: open.stack.instance }).click();
    await page.waitForURL(/\/d\/proctree-host/);
    assert.equal(new URL(page.url()).searchParams.get('var-instance'), open.stack.instance);
  }, TALL));

  test('what is unusual? Until there is a day of history, the hour before says it', async () => {
    const name = `odd-${process.pid}`;
    await withScript(open.stack, { [name]: 'ulimit -t 300; while :; do :; done' }, () => listed(`${name} among what differs`, 'anomalies', 'CPU', name, async (page) => {
      assert.match(await panel(page, 'History').innerText(), /\d ?%/, 'how much of the history is there');
      assert.deepEqual(await failing(page), []);
    }));
  });

  test('tables name the host only of several', () => visit(open, 'Viewer', async (page) => {
    await page.goto('/d/proctree-processes?from=now-15m&to=now');
    await settle(page);
    const table = panel(page, 'Memory').first();
    const heads = await table.getByRole('columnheader').allInnerTexts();
    assert.ok(heads.includes('Group') && !heads.includes('Host'), `one host: ${heads.join()}`);
    await table.getByRole('gridcell').getByRole('link').first().click();
    await page.waitForURL(/\/d\/proctree-history/);
    assert.equal(new URL(page.url()).searchParams.get('var-instance'), open.stack.instance, 'the link finds the host all the same');
  }, TALL));

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
