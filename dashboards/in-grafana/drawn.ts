/** The panel with data that are no processes, and the variables of the data source. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { type Stack, ask } from './stack.ts';
import { TreeOnPage, settle, visit } from './visit.ts';

const LIVE = { type: 'proctree-live-datasource', uid: 'proctree-live' };
const PROMETHEUS = { type: 'prometheus', uid: 'proctree-prometheus' };

/** Folders, four levels deep, as a table of Prometheus: ID, parent, size, state. */
const FOLDERS = ([['/', '', 100, 'a'], ['/srv', '/', 1 << 20, 'b'], ['/srv/www', '/srv', 2 << 20, 'a'], ['/srv/www/img', '/srv/www', 3 << 20, 'b']] as const)
  .map(([id, parent, size, state]) => Object.entries({ id, parent, state }).reduce((expr, [name, value]) => `label_replace(${expr}, "${name}", "${value}", "", "")`, `vector(${size})`))
  .join(' or ');

const overridden = (name: string, properties: Record<string, unknown>) => ({
  matcher: { id: 'byName', options: name }, properties: Object.entries(properties).map(([id, value]) => ({ id, value })),
});

const folders = {
  uid: 'folders', title: 'Folders', panels: [{
    id: 1, type: 'proctree-tree-panel', title: 'Folders', gridPos: { x: 0, y: 0, w: 24, h: 16 },
    options: { openLevels: -1, labelField: 'id', sums: 'never', sortBy: 'id', sortDescending: false },
    datasource: PROMETHEUS, targets: [{ refId: 'A', datasource: PROMETHEUS, expr: FOLDERS, instant: true, range: false, format: 'table' }],
    fieldConfig: { defaults: {}, overrides: [
      overridden('Value', { displayName: 'Size', unit: 'bytes', 'custom.cellOptions.type': 'color-background', thresholds: { mode: 'absolute', steps: [{ value: null, color: '#008000' }, { value: 2_000_000, color: '#ff0000' }] }, color: { mode: 'thresholds' } }),
      overridden('state', { displayName: 'State', mappings: [{ type: 'value', options: { a: { text: 'well' }, b: { text: 'ill', color: '#ff0000' } } }] }),
      overridden('id', { links: [{ title: 'Look', url: '/d/proctree-fleet?var-instance=${__data.fields.id}&${__url_time_range}' }] }),
    ] },
  }],
};

const variable = (name: string, query: Record<string, string>) => ({ name, type: 'query', datasource: LIVE, refresh: 1, query: { refId: name, ...query } });

const variables = {
  uid: 'variables', title: 'Variables',
  templating: { list: [variable('host', { queryType: 'instances' }), variable('owner', { queryType: 'users', instance: '$host' }), variable('of', { queryType: 'groups', instance: '$host' })] },
  panels: [{ id: 1, type: 'text', title: 'Chosen', gridPos: { x: 0, y: 0, w: 24, h: 6 }, options: { mode: 'markdown', content: 'host=${host} owner=${owner} of=${of}' } }],
};

export function testDrawn(open: { stack: Stack; browser: Browser }): void {
  const shown = async (dashboard: { uid: string }, use: (page: Page) => Promise<void>) => {
    await ask(open.stack, 'POST', '/api/dashboards/db', { dashboard, overwrite: true });
    await visit(open, 'Viewer', async (page) => {
      // Grafana keeps what a role may see for a minute, and a new dashboard is not among it.
      assert.ok((await page.request.get('/api/access-control/user/permissions?reloadcache=true')).ok());
      await page.goto(`/d/${dashboard.uid}?from=now-6h&to=now`);
      await settle(page);
      await use(page);
    });
    await ask(open.stack, 'DELETE', `/api/dashboards/uid/${dashboard.uid}`);
  };

  test('any frame with parents is a tree, drawn as the field config says', async () => {
    await shown(folders, async (page) => {
      const tree = new TreeOnPage(page);
      await tree.rows.nth(3).waitFor();
      const cells = (column: string) => tree.rows.locator(`[data-column="${column}"]`);
      assert.deepEqual(await tree.rows.evaluateAll((rows) => rows.map((row) => Number(row.getAttribute('aria-level')))), [1, 2, 3, 4]);
      assert.deepEqual(await cells('Value').allInnerTexts(), ['100 B', '1 MiB', '2 MiB', '3 MiB']);
      assert.deepEqual(await cells('state').allInnerTexts(), ['well', 'ill', 'well', 'ill']);
      assert.ok((await tree.grid.getByRole('columnheader').allInnerTexts()).includes('State'), 'a heading of the field config');
      const colors = await cells('Value').evaluateAll((all) => all.map((cell) => getComputedStyle(cell).backgroundColor));
      assert.equal(colors[0], colors[1]);
      assert.equal(colors[2], colors[3]);
      assert.notEqual(colors[1], colors[2]);
      // The dashboard rewrites its address once it knows its hosts: the first one is what the link asked for.
      const asked = page.waitForEvent('framenavigated', (frame) => frame.url().includes('/d/proctree-fleet'));
      await tree.rows.nth(2).locator('[data-link]').click();
      const { searchParams } = new URL((await asked).url());
      assert.deepEqual(['var-instance', 'from', 'to'].map((name) => searchParams.get(name)), ['/srv/www', 'now-6h', 'now']);
    });
  });

  test('variables take hosts, users and groups', () => shown(variables, async (page) => {
    // They come one after the other, and the panel is drawn before that.
    await page.getByText(new RegExp(`^host=${open.stack.instance} owner=[^$ ]+ of=[^$ ]+$`)).waitFor();
  }));
}
