/** The built panel in Chromium, with the libraries of Grafana 12.3 (React 18) and of 13.2 (React 19). */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { FieldType, LoadingState, MappingType } from '@grafana/data';
import type { Page } from 'playwright-core';
import { FILES } from '../fake/files-frame.ts';
import { FakeHost, processFrame } from '../fake/process-frame.ts';
import { DESKTOP, type Host, PHONE, labels, nextFrame, openPanel, rowCount, show, startHost } from './panel-page.ts';

const MAX_BUNDLE = 60_000;
const GIVEN = ['@emotion/css', '@grafana/data', '@grafana/runtime', '@grafana/ui', 'react', 'react-dom'];

const files = (config = {}) => ({
  name: 'files',
  fields: ['id', 'parent', 'size', 'owner'].map((name, i) => ({
    name, type: name === 'size' ? FieldType.number : FieldType.string, values: FILES.map((row) => row[i] as unknown), config: name === 'size' ? config : {},
  })),
});
const FILE_OPTIONS = { labelField: 'id', openLevels: -1, sortBy: 'id', sortDescending: false };
const many = processFrame(new FakeHost({ size: 10_000, seed: 5, now: 1_790_000_000 }));
const some = processFrame(new FakeHost({ size: 300, seed: 5, now: 1_790_000_000 }));
/** A frame in which each of a chain is the parent of the next, and its last that of so many leaves. */
const leavesBelow = (chain: string[], count: number) => {
  const ids = [...chain, ...Array.from({ length: count }, (_, i) => `leaf ${i}`)];
  return { fields: [
    { name: 'id', type: FieldType.string, values: ids },
    { name: 'parent', type: FieldType.string, values: ids.map((_, i) => i === 0 ? '' : chain[Math.min(i, chain.length) - 1]) },
  ] };
};
const custom = (properties: Record<string, Record<string, unknown>>) => ({
  defaults: {},
  overrides: Object.entries(properties).map(([name, all]) => ({ matcher: { id: 'byName', options: name }, properties: Object.entries(all).map(([id, value]) => ({ id, value })) })),
});

test('the bundle is small, and needs only what Grafana gives', async () => {
  const code = await readFile('dist/module.js');
  assert.ok(gzipSync(code).length <= MAX_BUNDLE, `${gzipSync(code).length} bytes gzipped`);
  assert.match(code.toString(), new RegExp(`^define\\(${JSON.stringify(GIVEN).replaceAll('[', '\\[').replaceAll(']', '\\]')}`));
});

for (const [grafana, react] of [['12.3', '18.3.1'], ['13.2', '19.3.1']] as const) {
  describe(`Grafana ${grafana}, React ${react}`, () => {
    let host: Host;
    let page: Page;
    let problems: string[];
    before(async () => {
      host = await startHost(grafana);
      ({ page, problems } = await openPanel(host));
    });
    after(() => host?.close());

    /** Shows a scene as one who opens the dashboard for the first time sees it. */
    const open = async (scene: Parameters<typeof show>[1], viewport = DESKTOP) => {
      await page.evaluate(() => {
        window.host.leave();
        return new Promise((left) => { requestAnimationFrame(left); });
      });
      await page.evaluate(() => sessionStorage.clear());
      await page.setViewportSize(viewport);
      await show(page, { recording: undefined, range: undefined, options: FILE_OPTIONS, fieldConfig: undefined, errors: undefined, state: LoadingState.Done, dark: true, ...scene });
      await nextFrame(page);
    };
    const grid = () => page.locator('[role=treegrid]');
    const press = async (...keys: string[]) => {
      await grid().focus();
      for (const key of keys) await page.keyboard.press(key);
      await nextFrame(page);
    };
    const cell = (row: string, column: string) => page.locator('[role=row][aria-level]').filter({ has: page.locator('[role=rowheader]', { hasText: new RegExp(`^${row.replaceAll('/', '\\/')}\\d*$`) }) }).locator(`[data-column="${column}"]`);
    const selected = () => page.locator('[aria-selected=true] [role=rowheader]').textContent();

    test('it is the React that Grafana has', async () => assert.equal(await page.evaluate(() => window.host.react), react));

    test('10,000 rows: only those in view are in the document, to the last one', async () => {
      await open({ frames: [many], options: { openLevels: -1 } });
      assert.equal(await rowCount(page), 10_000);
      assert.ok(await page.locator('[role=row]').count() < 60);
      const below = () => grid().evaluate((element) => [...element.querySelectorAll('[role=row]')].filter((row) => row.getBoundingClientRect().top >= element.getBoundingClientRect().bottom).length);
      assert.equal(await below(), 1, 'at rest one row is ready below those in view');
      await grid().evaluate((element) => { element.scrollTop = element.scrollHeight; });
      await nextFrame(page);
      await page.waitForSelector('[role=row][aria-rowindex="10001"]');
    });

    test('any frame with parents is a tree of any depth', async () => {
      await open({ frames: [files()] });
      assert.deepEqual(await labels(page), ['/', ' /etc', '  /etc/hosts', '  /etc/passwd', ' /var', '  /var/log', '   /var/log/messages']);
    });

    test('click and keys fold, open and move', async () => {
      await open({ frames: [files({ custom: { sum: 'yes' } })] });
      await cell('/etc', 'id').locator('[data-twist]').click();
      assert.deepEqual(await labels(page), ['/', ' /etc', ' /var', '  /var/log', '   /var/log/messages']);
      assert.equal(await cell('/etc', 'size').textContent(), '8', 'a folded row shows its sum');
      await press('Home', 'ArrowDown', 'ArrowDown', 'ArrowLeft');
      assert.equal(await rowCount(page), 3);
      assert.equal(await selected(), '/var3');
      await press('*');
      assert.equal(await rowCount(page), 6 + 1, 'all beside it are open');
      await press('End');
      assert.equal(await selected(), '/var/log/messages');
      const active = await grid().getAttribute('aria-activedescendant');
      assert.equal(await page.locator(`[id="${active}"]`).getAttribute('aria-level'), '4');
    });

    test('by control group, user or group: rows for what processes have in common, with sums', async () => {
      await open({ frames: [some], options: { nesting: 'cgroup', openLevels: 1 } });
      const values = (name: string) => some.fields.find((field) => field.name === name)!.values as any[];
      const below = values('cgroup').flatMap((path, row) => (path.startsWith('/system.slice/') ? [row] : []));
      const system = page.locator('[role=row][data-branch]').filter({ has: page.locator('[role=rowheader]', { hasText: /^system\.slice/ }) });
      assert.equal(await system.locator('[role=rowheader]').textContent(), `system.slice${below.length}`);
      assert.equal(await system.locator('[data-column="cpu"]').textContent(), below.reduce((sum, row) => sum + values('cpu')[row], 0).toFixed(2));
      assert.equal(await system.locator('[data-column="user"]').textContent(), '');
      assert.equal(await system.locator('a').count(), 0, 'what is no process has no history');
      assert.ok(await page.getByText(String(values('id').length), { exact: true }).isVisible());
      const before = await rowCount(page);
      await system.locator('[data-twist]').click();
      assert.ok(await rowCount(page) < before);
      await press('Enter');
      assert.equal(await rowCount(page), before, 'Enter opens it');
      await page.getByRole('combobox', { name: 'Tree by' }).click();
      await page.getByRole('option', { name: 'By user' }).click();
      await nextFrame(page);
      await page.getByRole('button', { name: 'Fold all' }).click();
      await nextFrame(page);
      assert.equal(await rowCount(page), new Set(values('user')).size);
      await page.getByRole('textbox', { name: 'Search' }).fill('user=postgres');
      await nextFrame(page);
      const found = values('user').filter((user) => user === 'postgres').length;
      assert.equal(await rowCount(page), found + 1);
      await open({ frames: [files()], options: { ...FILE_OPTIONS, nesting: 'user' } });
      assert.equal((await labels(page))[0], '/', 'a frame without users stays a tree by parents');
      assert.equal(await page.getByRole('combobox', { name: 'Tree by' }).count(), 0);
    });

    test('search marks what it finds and keeps what is above it', async () => {
      await open({ frames: [files()] });
      await page.getByRole('textbox', { name: 'Search' }).fill('hosts');
      await nextFrame(page);
      assert.deepEqual(await labels(page), ['/', ' /etc', '  /etc/hosts']);
      assert.deepEqual(await page.locator('mark').allTextContents(), ['hosts']);
      assert.ok(await page.getByText('1 / 7').isVisible());
      await page.getByRole('textbox', { name: 'Search' }).fill('nothing like it');
      assert.ok(await page.getByText('Nothing matches the filter').isVisible());
      assert.deepEqual(await labels(page), []);
      assert.equal(await page.locator('[data-slot]:not([aria-hidden])').count(), 0, 'rows that are kept for later are nobody\'s business');
      await page.getByRole('textbox', { name: 'Search' }).fill('log');
      await nextFrame(page);
      assert.deepEqual(await labels(page), ['/', ' /var', '  /var/log', '   /var/log/messages']);
    });

    test('filters by text and by figure', async () => {
      await open({ frames: [files({ custom: { sum: 'yes' } })] });
      await page.getByRole('button', { name: 'Filter' }).click();
      await page.getByRole('group', { name: 'owner' }).getByText('syslog').click();
      await page.getByLabel('size').fill('70');
      await nextFrame(page);
      assert.deepEqual(await labels(page), ['/', ' /var', '  /var/log', '   /var/log/messages']);
      assert.ok(await page.getByRole('button', { name: 'Filter (2)' }).isVisible());
      await page.getByRole('button', { name: 'Remove all' }).click();
      await nextFrame(page);
      assert.equal(await rowCount(page), 7);
    });

    test('columns are chosen, and given back', async () => {
      await open({ frames: [files()] });
      await page.getByRole('button', { name: 'Columns' }).click();
      await page.getByLabel('owner', { exact: true }).click({ force: true });
      await nextFrame(page);
      assert.deepEqual(await page.getByRole('columnheader').allTextContents(), ['id', 'size']);
      await page.getByRole('button', { name: 'Default columns' }).click();
      await nextFrame(page);
      assert.equal(await page.getByRole('columnheader').count(), 3);
    });

    for (const viewport of [{ width: 1440, height: 900 }, { width: 1366, height: 768 }, { width: 390, height: 700 }]) {
      test(`every choice can be hit in a low panel, ${viewport.width} px`, async () => {
        await open({ frames: [many], width: Math.min(560, viewport.width - 16), height: 240 }, viewport);
        for (const name of ['Columns', 'Filter']) {
          await page.getByRole('button', { name }).click();
          await page.waitForFunction((label) => document.querySelector(`[role=dialog][aria-label="${label}"]`)?.contains(document.activeElement), name);
          const missed = await page.getByRole('dialog', { name }).evaluate((dialog) => [...dialog.querySelectorAll('input')].filter((input) => {
            input.scrollIntoView({ block: 'nearest' });
            const { left, top, width, height } = input.getBoundingClientRect();
            const hit = document.elementFromPoint(left + width / 2, top + height / 2);
            return !hit || !(input.closest('label') ?? input.parentElement)!.contains(hit);
          }).length);
          assert.equal(missed, 0, name);
          const box = (await page.getByRole('dialog', { name }).boundingBox())!;
          assert.ok(box.x >= 0 && box.y >= 0 && box.x + box.width <= viewport.width && box.y + box.height <= viewport.height, JSON.stringify(box));
          await page.keyboard.press('Escape');
        }
      });
    }

    test('rows that are out of date are dimmed, and the badge says since when and why', async () => {
      const live = (time: number) => ({ custom: { mode: 'live', time, intervalSeconds: 1 } });
      const failing = { ...files(), meta: { ...live(1), notices: [{ severity: 'error', text: 'web-1 does not answer' }] } } as ReturnType<typeof files>;
      await open({ frames: [failing], state: LoadingState.Streaming });
      await page.getByText(/^Stale for \d+ s: web-1 does not answer$/).waitFor();
      assert.equal(await grid().evaluate((element) => getComputedStyle(element.parentElement!).opacity), '0.45');
      const frame = { ...files(), meta: live(2) } as ReturnType<typeof files>;
      await show(page, { frames: [frame], state: LoadingState.Streaming });
      await page.getByText('Live', { exact: true }).waitFor();
      // Nothing comes any more.
      await page.getByText(/^Stale for \d+ s: no message from Grafana$/).waitFor({ timeout: 15_000 });
    });

    test('a heading sorts, and a second click turns the order', async () => {
      await open({ frames: [files()] });
      const size = page.getByRole('columnheader', { name: 'size' });
      await size.getByRole('button').click();
      await size.getByRole('button').click();
      await nextFrame(page);
      assert.equal(await size.getAttribute('aria-sort'), 'descending');
      assert.deepEqual((await labels(page)).slice(0, 4), ['/', ' /etc', '  /etc/passwd', '  /etc/hosts']);
    });

    test('names of deep rows keep their room, and say their level', async () => {
      const chain = Array.from({ length: 40 }, (_, i) => `process-number-${i}`);
      await open({ frames: [leavesBelow(chain, 1)], options: { openLevels: -1 }, width: 520 });
      await press('End');
      const last = page.locator('[role=row][aria-level="41"] [role=rowheader]');
      assert.equal(await last.textContent(), '41leaf 0');
      const deep = page.locator('[role=row][aria-level="40"] [role=rowheader]');
      const room = await deep.evaluate((element) => {
        const text = [...element.children].at(-1)!;
        return { text: text.getBoundingClientRect().width, wanted: text.scrollWidth, cell: element.getBoundingClientRect().width };
      });
      assert.ok(room.text + 1 >= Math.min(room.wanted, room.cell * 0.4), JSON.stringify(room));
    });

    test('a column is dragged wider, moved by keys, given back, and stays so with new data', async () => {
      await open({ frames: [files()] });
      const width = async () => Math.round((await cell('/etc', 'size').boundingBox())!.width);
      const before = await width();
      const handle = page.locator('[data-resize=size]');
      const box = (await handle.boundingBox())!;
      await page.mouse.move(box.x + box.width / 2, box.y + 10);
      await page.mouse.down();
      await page.mouse.move(box.x + box.width / 2 + 60, box.y + 10, { steps: 3 });
      await page.mouse.up();
      await nextFrame(page);
      assert.equal(await width(), before + 60);
      assert.equal(await page.getByRole('columnheader', { name: 'size' }).getAttribute('aria-sort'), 'none', 'dragging does not sort');
      await page.getByRole('columnheader', { name: 'size' }).getByRole('button').press('Alt+ArrowLeft');
      await nextFrame(page);
      assert.equal(await width(), before + 44);
      await show(page, { frames: [files()] });
      assert.equal(await width(), before + 44);
      await handle.dblclick();
      await nextFrame(page);
      assert.equal(await width(), before);
    });

    test('new data leave the view as it is, and so does coming back', async () => {
      const fake = new FakeHost({ size: 400, seed: 2, now: 1_790_000_000 });
      await open({ frames: [processFrame(fake)], options: { openLevels: -1 } });
      await press('Home', 'ArrowDown', 'ArrowLeft', 'PageDown');
      await page.getByRole('columnheader', { name: 'PID', exact: true }).getByRole('button').click();
      await grid().evaluate((element) => { element.scrollTop = 700; });
      await nextFrame(page);
      const view = () => grid().evaluate((element) => ({ top: element.scrollTop, rows: element.getAttribute('aria-rowcount'), sort: element.querySelector('[aria-sort=ascending]')?.textContent }));
      const seen = await view();
      assert.equal(seen.top, 700);
      await show(page, { frames: [processFrame(fake)] });
      assert.deepEqual(await view(), seen);
      await page.evaluate(() => window.host.leave());
      await nextFrame(page);
      await show(page, {});
      await nextFrame(page);
      assert.deepEqual(await view(), seen);
    });

    test('the field config rules: unit, name, width, mapping, cell, what is hidden', async () => {
      const fieldConfig = custom({
        size: { unit: 'decbytes', decimals: 1, displayName: 'Size', 'custom.width': 137, 'custom.cellOptions.type': 'color-background' },
        owner: { mappings: [{ type: MappingType.ValueToText, options: { root: { text: 'Superuser', color: 'red' } } }] },
      });
      await open({ frames: [files()], fieldConfig });
      assert.deepEqual(await page.getByRole('columnheader').allTextContents(), ['id', 'Size', 'owner']);
      assert.equal(await cell('/var/log/messages', 'size').textContent(), '70.0 B');
      assert.equal(Math.round((await cell('/etc', 'size').boundingBox())!.width), 137);
      assert.equal(await cell('/etc', 'owner').textContent(), 'Superuser');
      const style = (row: string, column: string) => cell(row, column).evaluate((element) => ({ color: element.style.color, background: element.style.backgroundColor }));
      assert.notEqual((await style('/etc', 'owner')).color, '');
      assert.notEqual((await style('/var/log/messages', 'size')).background, '');
      await show(page, { fieldConfig: custom({ size: { 'custom.hidden': true } }) });
      assert.deepEqual(await page.getByRole('columnheader').allTextContents(), ['id', 'owner']);
    });

    test('one link is followed, several are offered, by pointer and by Enter', async () => {
      const links = [{ title: 'History', url: '/d/history?file=${__data.fields.id}&host=${instance}' }];
      await open({ frames: [files()], fieldConfig: custom({ id: { links } }) });
      const link = cell('/etc', 'id').locator('a');
      await link.hover();
      assert.equal(await link.getAttribute('href'), '/d/history?file=/etc&host=host-a');
      await page.evaluate(() => addEventListener('click', (event) => {
        const anchor = (event.target as Element).closest('a');
        if (!anchor) return;
        event.preventDefault();
        Object.assign(window, { followed: anchor.getAttribute('href') });
      }));
      await press('Home', 'ArrowDown', 'Enter');
      assert.equal(await page.evaluate(() => (window as unknown as { followed: string }).followed), '/d/history?file=/etc&host=host-a');
      await show(page, { fieldConfig: custom({ id: { links: [...links, { title: 'Edit', url: '/edit' }] } }) });
      await press('Enter');
      await page.getByRole('menuitem', { name: 'Edit' }).waitFor();
      await page.keyboard.press('Escape');
    });

    test('ancestors stay in view, the nearest four, and lead back', async () => {
      const stuck = page.locator('[aria-hidden] [data-slot]');
      for (const [chain, shown] of [[['a', 'b'], ['a', 'b']], [['a', 'b', 'c', 'd', 'e', 'f'], ['c', 'd', 'e', 'f']]]) {
        await open({ frames: [leavesBelow(chain, 300)] });
        assert.equal(await stuck.count(), 0, 'before any scrolling');
        await grid().evaluate((element) => { element.scrollTop = 4000; });
        await nextFrame(page);
        assert.deepEqual(await stuck.allTextContents(), shown);
        const tops = await stuck.evaluateAll((rows) => rows.map((row) => row.getBoundingClientRect().top));
        assert.deepEqual(tops, tops.toSorted((one, other) => one - other), 'the outermost is on top');
        await stuck.first().click();
        await nextFrame(page);
        assert.equal(await grid().evaluate((element) => element.scrollTop), 0, 'it and those above it have room');
      }
    });

    test('what keeps the tree from being shown is said', async () => {
      const said = async (scene: Parameters<typeof show>[1], text: string | RegExp) => {
        await open(scene);
        assert.ok(await page.getByText(text).first().isVisible(), String(text));
      };
      await said({ frames: [], state: LoadingState.Loading }, 'Loading');
      await said({ frames: [] }, 'No data');
      await said({ frames: [], fieldConfig: { defaults: { noValue: 'Nobody is home' }, overrides: [] } }, 'Nobody is home');
      await said({ frames: [], errors: ['connection refused'], state: LoadingState.Error }, 'connection refused');
      await said({ frames: [{ fields: [{ name: 'time', values: [1] }] }] }, /has no ID field/);
      await said({ frames: [{ ...files(), meta: { custom: { mode: 'history', partial: true, time: 1_790_000_000_000 } } }] }, /^At .* · partial$/);
      await said({ frames: [{ ...files(), meta: { custom: { mode: 'live' } } }] }, 'Live');
      await said({ frames: [{ ...files(), fields: files().fields.map((f) => ({ ...f, values: [...f.values, f.values[0]] })) }] }, '1 left out');
    });

    test('of several frames one is picked', async () => {
      await open({ frames: [{ ...files(), name: 'host-a' }, { ...files(), name: 'host-b' }] });
      assert.equal(await page.getByRole('combobox', { name: 'Frame' }).inputValue(), 'host-a');
    });

    test('a phone shows the label and the figures, without scrolling sideways', async () => {
      await open({ frames: [some], options: {} }, PHONE);
      assert.deepEqual((await page.getByRole('columnheader').allTextContents()).slice(0, 3), ['Name', 'CPU', 'Memory']);
      assert.ok(await grid().evaluate((element) => element.scrollWidth <= element.clientWidth));
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
    });

    describe('other moments', () => {
      const START = 1_790_000_000_000;
      /** Recorded every ten seconds, not at whole ones: sh ends, then job starts, and web grows. */
      const table = (i: number) => {
        const rows: Array<[id: string, parent: string, cpu: number | null, memory: number]> = [['init', '', 0, 1024], ['web', 'init', i / 2, (1 + i) * 1024]];
        if (i < 2) rows.push(['sh', 'init', 0.25, 4096]);
        if (i > 0) rows.push(['job', 'web', i === 3 ? null : 1, 2048]);
        const time = START + 10_000 * i + 400;
        const fields = ['id', 'parent', 'name', 'cpu', 'memory'].map((name, k) => ({
          name, type: k > 2 ? FieldType.number : FieldType.string, values: rows.map((row) => row[k === 2 ? 0 : Math.min(k > 2 ? k - 1 : k, 3)] as unknown), config: { unit: name === 'memory' ? 'bytes' : undefined },
        }));
        return { time, frame: { refId: 'A', name: 'processes', meta: { custom: { mode: 'history', source: 'recording', time, instance: 'web1' } }, fields } };
      };
      const recording = [0, 1, 2, 3].map(table);
      const past = { frames: [recording[3].frame], recording, range: [START - 5000, START + 35_000] as [number, number], options: { openLevels: -1, labelField: 'name', sortBy: 'memory', sortDescending: true } };
      const bar = () => page.getByRole('group', { name: 'Time' });
      const words = async () => {
        await page.locator('[role=group][aria-label=Time][aria-busy=false]').waitFor();
        await nextFrame(page);
        return bar().getByRole('status').textContent();
      };
      const click = async (name: string) => {
        await bar().getByRole('button', { name, exact: true }).click();
        await nextFrame(page);
        return words();
      };

      test('the panel steps by table, second and minute within the range, and back to its end', async () => {
        await open(past);
        assert.equal(await bar().count(), 0);
        await page.getByRole('button', { name: 'Time', exact: true }).click();
        assert.equal(await words(), 'At 09-21 14:13:50');
        assert.deepEqual(await labels(page), ['init', ' web', '  job']);
        assert.ok(await bar().getByRole('button', { name: 'Next table' }).isDisabled());
        assert.equal(await click('Previous table'), 'At 09-21 14:13:40');
        assert.equal(await click('Previous table'), 'At 09-21 14:13:30');
        assert.deepEqual(await labels(page), ['init', ' web', '  job', ' sh']);
        assert.equal(await click('A second back'), 'At 09-21 14:13:20');
        assert.equal(await click('Next table'), 'At 09-21 14:13:30');
        assert.equal(await click('A minute back'), 'The exporter has no recording of that time.');
        assert.ok(await bar().getByRole('button', { name: 'A second back' }).isDisabled(), 'the range begins here');
        assert.equal(await bar().getByRole('slider', { name: 'Moment' }).inputValue(), String(past.range[0]));
        assert.equal(await click('A minute forward'), 'At 09-21 14:13:50', 'the end of the range');
        await bar().getByRole('slider', { name: 'Moment' }).fill(String(START + 12_000));
        assert.equal(await words(), 'At 09-21 14:13:30');
        assert.equal(await click('End'), 'At 09-21 14:13:50');
      });

      test('another range of the dashboard forgets the moment, a refresh does not', async () => {
        await open(past);
        await page.getByRole('button', { name: 'Time', exact: true }).click();
        await click('Previous table');
        await show(page, { frames: [recording[3].frame] });
        assert.equal(await words(), 'At 09-21 14:13:40');
        await show(page, { frames: [recording[1].frame], range: [START - 5000, START + 15_000] });
        assert.equal(await words(), 'At 09-21 14:13:30');
      });

      test('two moments stand side by side, with what has changed, started and ended', async () => {
        await open({ ...past, range: [START + 1000, START + 35_000], options: { ...past.options, sums: 'never' }, fieldConfig: custom({ cpu: { 'custom.sum': 'yes' }, memory: { 'custom.sum': 'yes' } }) });
        await page.getByRole('button', { name: 'Time', exact: true }).click();
        assert.equal(await click('Previous table'), 'At 09-21 14:13:40');
        assert.equal(await click('Compare'), '09-21 14:13:20 → 09-21 14:13:40');
        assert.deepEqual(await page.getByRole('columnheader').allTextContents(), ['name', 'Compared', 'cpu before', 'cpu', 'cpu change', 'memory before', 'memory', 'memory change']);
        const row = async (name: string) => (await cell(name, 'name').locator('..').locator('[data-column]').allTextContents()).slice(1);
        assert.deepEqual(await row('web'), ['–', '0', '1', '+1', '1 KiB', '3 KiB', '+2 KiB']);
        assert.deepEqual(await row('job'), ['new', '–', '1', '+1', '–', '2 KiB', '+2 KiB']);
        assert.deepEqual(await row('sh'), ['ended', '0.250', '–', '-0.250', '4 KiB', '–', '-4 KiB']);
        const colour = (name: string, column: string) => cell(name, column).evaluate((element) => element.style.backgroundColor);
        assert.notEqual(await colour('web', 'memory change'), '');
        assert.notEqual(await colour('sh', 'memory change'), await colour('web', 'memory change'));
        assert.equal(await colour('init', 'memory change'), '');
        assert.notEqual(await colour('job', 'compared'), await colour('sh', 'compared'));
        // What is not known in one of the moments has no change.
        assert.equal(await click('End'), '09-21 14:13:20 → 09-21 14:13:50');
        assert.deepEqual((await row('job')).slice(1, 4), ['–', '–', '–']);
        await click('Previous table');
        assert.equal(await click('From here'), '09-21 14:13:40 → 09-21 14:13:40');
        assert.deepEqual(await labels(page), ['init', ' web', '  job']);
        assert.equal(await click('Compare'), 'At 09-21 14:13:40');
        assert.deepEqual(await page.getByRole('columnheader').allTextContents(), ['name', 'cpu', 'memory']);
      });

      test('without a recording there is no button', async () => {
        await open({ ...past, recording: undefined });
        assert.equal(await page.getByRole('button', { name: 'Time', exact: true }).count(), 0);
      });
    });

    test('nothing that assistive technology would stumble over', async () => {
      await open({ frames: [files()] });
      await page.addScriptTag({ path: '../node_modules/axe-core/axe.min.js' });
      for (const dark of [true, false]) {
        await show(page, { dark });
        // A colour on its way from one theme to the other has any contrast.
        await page.evaluate(() => Promise.all(document.getAnimations().map((animation) => animation.finished)));
        const { violations } = await page.evaluate(() => (window as any).axe.run('[data-testid="data-testid panel content"], [role=treegrid]'));
        assert.deepEqual(violations.map((v: any) => `${v.id}: ${v.nodes[0].html}`), [], dark ? 'dark' : 'light');
      }
    });

    test('nothing was reported as an error', () => assert.deepEqual(problems, []));
  });
}
