/**
 * Writes pictures of the panel: npm run screenshots. Those that Grafana shows of the plugin go
 * into src/img (make them small with: convert +dither -colors 128); with FOLDER set, many
 * more go there, to be looked at.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { LoadingState } from '@grafana/data';
import { FakeHost, processFrame } from '../fake/process-frame.ts';
import { DESKTOP, PHONE, nextFrame, openPanel, show, startHost } from './panel-page.ts';

const frame = processFrame(new FakeHost({ size: 900, seed: 7, now: 1_790_000_000 }));
const folder = process.env.FOLDER;
if (folder) await mkdir(folder, { recursive: true });

for (const grafana of folder ? ['12.3', '13.2'] as const : ['12.3'] as const) {
  const host = await startHost(grafana);
  const wide = (await openPanel(host, DESKTOP)).page;
  const narrow = (await openPanel(host, PHONE)).page;
  const shoot = async (page: typeof wide, name: string) => {
    await page.waitForTimeout(800);
    await page.screenshot({ path: folder ? join(folder, `${grafana}-${name}.png`) : join('src/img', `screenshot-${name}.png`) });
  };
  await show(wide, { frames: [frame] });
  await shoot(wide, 'dark');
  await show(narrow, { frames: [frame] });
  await shoot(narrow, 'narrow');
  if (folder) {
    await show(wide, { dark: false });
    await shoot(wide, 'light');
    await show(narrow, { dark: false, options: { density: 'comfortable' } });
    await shoot(narrow, 'narrow-light');
    await wide.getByRole('textbox', { name: 'Search' }).fill('post !18');
    await shoot(wide, 'search-light');
    await wide.getByRole('textbox', { name: 'Search' }).fill('');
    await show(wide, { dark: true });
    await wide.locator('[role=treegrid]').evaluate((grid) => { grid.scrollTop = 1200; });
    await nextFrame(wide);
    await shoot(wide, 'scrolled');
    await wide.getByRole('button', { name: /^Filter/ }).click();
    await shoot(wide, 'filter');
    await wide.keyboard.press('Escape');
    await wide.getByRole('button', { name: 'Columns' }).click();
    await shoot(wide, 'columns');
    await wide.keyboard.press('Escape');
    const partial = { ...frame, meta: { custom: { mode: 'history', partial: true, time: 1_790_000_000_000, total: 4000 }, notices: [{ severity: 'warning' as const, text: 'History keeps the largest processes and their ancestors.' }] } };
    await show(wide, { frames: [partial], options: { density: 'compact', sums: 'always', openLevels: 0 } });
    await shoot(wide, 'history');
    await show(narrow, { dark: true, frames: [], options: {}, state: LoadingState.Loading });
    await shoot(narrow, 'loading');
    await show(narrow, { frames: [], errors: ['dial tcp 10.0.0.7:10056: connection refused'], state: LoadingState.Error });
    await shoot(narrow, 'error');
    await show(narrow, { frames: [{ fields: [{ name: 'time', values: [1] }] }], errors: undefined, state: LoadingState.Done });
    await shoot(narrow, 'no-tree');
  }
  await host.close();
}
