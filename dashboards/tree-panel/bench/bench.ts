/**
 * Measures the built panel in Chromium against its budgets: npm run bench [-- processes].
 * Times are medians of the main thread's work, style, layout and paint included, from the
 * moment the panel gets new data; what a dashboard does to the data before is told apart.
 */
import { readFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import type { DataFrameDTO } from '@grafana/data';
import type { CDPSession, Page } from 'playwright-core';
import { openPanel, show, startHost } from '../test/browser/panel-page.ts';
import { FakeHost, processFrame } from '../test/fake/process-frame.ts';

const size = Number(process.env.PROCESSES ?? 10_000);
const ROUNDS = 20;
const WORDS = ['n', 'no', 'nod', 'node', 'node w', 'post', 'postgres !18', 'zzz', ''];
const BUDGETS = { update: 16, filter: 40, heap: 40, bundle: 60 };

const median = (values: number[]) => values.toSorted((a, b) => a - b)[values.length >> 1];

/** What the main thread has done, in milliseconds of its CPU time; the rest of all is to paint and to compose. */
const WORK = { all: 'TaskDuration', scripts: 'ScriptDuration', styles: 'RecalcStyleDuration', layout: 'LayoutDuration' };
type Work = Record<keyof typeof WORK, number>;

async function mainThread(cdp: CDPSession): Promise<Work> {
  const { metrics } = await cdp.send('Performance.getMetrics');
  const valueOf = (name: string) => metrics.find((m) => m.name === name)!.value * 1000;
  return Object.fromEntries(Object.entries(WORK).map(([key, name]) => [key, valueOf(name)])) as Work;
}

async function work(page: Page, cdp: CDPSession, action: () => Promise<unknown>): Promise<Work> {
  const before = await mainThread(cdp);
  await action();
  await page.waitForTimeout(100);
  const after = await mainThread(cdp);
  return Object.fromEntries(Object.entries(after).map(([key, value]) => [key, value - before[key as keyof Work]])) as Work;
}

async function costs(page: Page, cdp: CDPSession, count: number, action: (i: number) => Promise<unknown>, before: () => Promise<unknown> = async () => {}): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < count; i++) {
    await before();
    times.push((await work(page, cdp, () => action(i))).all);
  }
  return median(times);
}

/**
 * What happens on a host in a second, in the page itself: a seventh of the rows have other
 * values, some processes end and others start. Every column is a new array, as from a query.
 */
function advance(): void {
  const held = window as unknown as { frame: DataFrameDTO; prepared: unknown; started: number };
  const rows = held.frame.fields[0].values!.length;
  const busy = Array.from({ length: rows }, () => Math.random() < 0.14);
  held.started = (held.started ?? 0) + 1;
  held.frame = {
    ...held.frame,
    fields: held.frame.fields.map((field) => {
      const values = [...field.values!] as any[];
      const isMetric = ['cpu', 'memory', 'read', 'written', 'threads'].includes(field.name);
      for (let row = 0; row < rows; row++) {
        if (isMetric && busy[row] && values[row] !== null) values[row] *= 0.5 + Math.random();
        if (field.name === 'id' && row >= rows - 10) values[row] = `${held.started}-${row}`;
      }
      return { ...field, values };
    }),
  };
  held.prepared = window.host.prepare({ frames: [held.frame] });
}

async function heapMB(page: Page, cdp: CDPSession): Promise<number> {
  await page.evaluate(() => new Promise((done) => { setTimeout(done, 300); }));
  await cdp.send('HeapProfiler.collectGarbage');
  const { usedSize, backingStorageSize = 0 } = await cdp.send('Runtime.getHeapUsage') as { usedSize: number; backingStorageSize?: number };
  return (usedSize + backingStorageSize) / 1e6;
}

const results: Array<{ grafana: string; what: string; value: number; unit: string; budget?: number }> = [];

async function measure(grafana: '12.3' | '13.2'): Promise<void> {
  const note = (what: string, value: number, unit: string, budget?: number) => results.push({ grafana, what, value: Math.round(value * 10) / 10, unit, budget });
  const host = await startHost(grafana);
  const { page } = await openPanel(host);
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('Performance.enable', { timeDomain: 'threadTicks' });
  const fake = new FakeHost({ size, seed: 3, now: 1_790_000_000 });
  // The frames are in the page before and after, so that the difference is the panel's alone.
  await page.evaluate((frame) => { Object.assign(window, { frame, prepared: window.host.prepare({ frames: [frame], width: 1384, height: 744 }) }); }, processFrame(fake));
  await show(page, { frames: [] });
  const before = await heapMB(page, cdp);
  note('first tree', await costs(page, cdp, 1, () => page.evaluate(() => window.host.showPrepared((window as any).prepared))), 'ms');
  note('heap of the panel', await heapMB(page, cdp) - before, 'MB', BUDGETS.heap);
  const idle = await costs(page, cdp, 10, () => page.evaluate(() => 0));

  const updates: Work[] = [];
  const preparations: number[] = [];
  for (let i = 0; i < ROUNDS; i++) {
    preparations.push(await costs(page, cdp, 1, () => page.evaluate(advance)) - idle);
    updates.push(await work(page, cdp, () => page.evaluate(() => window.host.showPrepared((window as any).prepared))));
  }
  note('update', median(updates.map(({ all }) => all)) - idle, 'ms', BUDGETS.update);
  for (const part of ['scripts', 'styles', 'layout'] as const) note(`update: ${part} alone`, median(updates.map((u) => u[part])), 'ms');
  note('before the panel: the query and the field config', median(preparations), 'ms');
  const search = page.getByRole('textbox', { name: 'Search' });
  // By the keyboard: to find the box by its role, playwright-core has every element of the page looked at.
  await search.focus();
  const type = (text: string) => (text === '' ? page.keyboard.press('Delete') : page.keyboard.insertText(text));
  note('filter, a letter typed', await costs(page, cdp, ROUNDS, (i) => type(WORDS[i % WORDS.length]), () => page.keyboard.press('Control+A')) - idle, 'ms', BUDGETS.filter);
  await search.fill('');
  note('sort by another column', await costs(page, cdp, 12, (i) => page.getByRole('columnheader').nth(i % 5).getByRole('button').click()) - idle, 'ms');
  note('scroll by 600 px', await costs(page, cdp, ROUNDS, () => page.locator('[role=treegrid]').evaluate((grid) => { grid.scrollTop += 600; })) - idle, 'ms');
  note('heap of the panel in the end', await heapMB(page, cdp) - before, 'MB', BUDGETS.heap);
  await host.close();
}

await measure('12.3');
await measure('13.2');
results.push({ grafana: 'both', what: 'bundle, gzipped', value: Math.round(gzipSync(await readFile('dist/module.js')).length / 100) / 10, unit: 'kB', budget: BUDGETS.bundle });
console.log(`${size} rows`);
console.table(results);
if (size <= 10_000 && results.some(({ value, budget }) => budget !== undefined && value > budget)) {
  console.error('over budget');
  process.exitCode = 1;
}
