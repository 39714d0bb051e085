/** What Grafana shows of a time that is over, and the way there from a graph. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { type Scene, play } from './scene.ts';
import { SecuredExporter } from './secured.ts';
import { type Stack, ask } from './stack.ts';
import { LAPTOP, TALL, TreeOnPage, failing, momentOf, scrollTo, settle, visit } from './visit.ts';

const MINUTE = 60_000;
const WHOLE = /^Every process, as recorded by the exporter at /m;

/** What the badge of the tree says when the pointer rests on it. */
async function notes(page: Page, tree: TreeOnPage): Promise<string> {
  await tree.toolbar.getByText(/^At \d\d-\d\d/).hover();
  return page.getByRole('tooltip').innerText();
}

/** The titles of the events that a graph marks. */
async function marked(page: Page, title: string): Promise<string[]> {
  const graph = await scrollTo(page, title);
  const marks = graph.getByTestId('data-testid annotation-marker');
  await marks.first().waitFor();
  const titles: string[] = [];
  for (let i = 0; i < await marks.count(); i++) {
    // Marks of one moment cover each other: the pointer itself finds only the upper one.
    await marks.nth(i).dispatchEvent('mouseover', { bubbles: true });
    titles.push((await page.getByTestId('annotation-marker').innerText()).replaceAll('\n', ' '));
    await marks.nth(i).dispatchEvent('mouseout', { bubbles: true });
    await page.getByTestId('annotation-marker').waitFor({ state: 'detached' });
  }
  return titles;
}

export function testPast(open: { stack: Stack; browser: Browser; scene?: Scene }): void {
  test('what tests look back at happens', async () => {
    open.scene = await play(open.stack);
  });

  const host = (scene: Scene, more: string) => `/d/proctree-host?var-instance=${open.stack.instance}&from=${scene.at - 15 * MINUTE}&to=${scene.at}&${more}`;

  test('in the past the tree comes from the recorder, has every process, and says so', () => visit(open, 'Editor', async (page) => {
    const scene = open.scene!;
    await page.goto(host(scene, 'viewPanel=panel-1000'));
    const tree = new TreeOnPage(page);
    await tree.rows.first().waitFor();
    assert.match(await tree.toolbar.innerText(), /At \d\d-\d\d \d\d:\d\d:\d\d/);
    assert.doesNotMatch(await tree.toolbar.innerText(), /partial|warning/);
    assert.match(await notes(page, tree), WHOLE);
    const { data } = await (await fetch(`${open.stack.url.exporter}/api/v1/processes?time=${Math.floor(scene.at / 1000)}`)).json() as { data: { total: number } };
    await tree.toolbar.getByRole('button', { name: 'Open all' }).click();
    assert.equal(await tree.count(), data.total, 'not as many rows as the recording has processes');
    await tree.search(scene.hogArgument);
    await tree.row(scene.hog).waitFor();
    assert.ok(await tree.row(scene.boss).isVisible(), 'what started it is above it');
  }, LAPTOP));

  for (const [what, recorded] of [['without a recorder', false], ['before its recording begins', true]] as const) {
    test(`${what}, the tree of the past is what Prometheus has, and is marked`, async () => {
      const scene = open.scene!;
      const exporter = new SecuredExporter();
      await exporter.start(open.stack, recorded);
      const uid = recorded ? 'recorded' : 'unrecorded';
      await ask(open.stack, 'POST', '/api/datasources', {
        name: uid, uid, type: 'proctree-live-datasource', access: 'proxy',
        jsonData: { discovery: 'static', targets: [`${open.stack.instance}=${exporter.url}`], prometheusUrl: open.stack.url.prometheus, job: 'proctree' },
        secureJsonData: { exporterToken: exporter.token },
      });
      try {
        await visit(open, 'Viewer', async (page) => {
          await page.goto(host(scene, `viewPanel=panel-1000&var-live=${uid}`));
          const tree = new TreeOnPage(page);
          await tree.rows.first().waitFor();
          assert.match(await tree.toolbar.innerText(), /At \d\d-\d\d \d\d:\d\d:\d\d · partial/);
          const told = await notes(page, tree);
          assert.match(told, /The exporter has no recording of that time\./);
          assert.doesNotMatch(told, WHOLE);
          await tree.search(scene.hog);
          await tree.row(scene.hog).waitFor();
          assert.deepEqual(await failing(page), []);
        }, LAPTOP);
      } finally {
        exporter.stop();
        await ask(open.stack, 'DELETE', `/api/datasources/uid/${uid}`);
      }
    });
  }

  test('graphs mark crashes, OOM kills and restarts', async (t) => {
    const scene = open.scene!;
    await visit(open, 'Viewer', async (page) => {
      const range = `var-instance=${open.stack.instance}&from=${scene.at - 2 * MINUTE}&to=${scene.end + MINUTE}`;
      for (const [board, title] of [['host', 'CPU by mode (cores)'], ['incident', 'CPU used']]) {
        await page.goto(`/d/proctree-${board}?${range}`);
        await settle(page);
        const titles = (await marked(page, title)).join(' | ');
        const wanted = board === 'host'
          ? [`SIGSEGV ${scene.hog}`, `Restart ${scene.service}`, ...scene.eater ? [`OOM kill ${scene.eater}`] : []]
          : [`exit ${scene.hog}`, ...scene.eater ? [`oom_kill ${scene.eater}`] : []];
        for (const text of wanted) assert.ok(titles.includes(text), `${board} marks no "${text}", but: ${titles}`);
      }
    }, TALL);
    if (!scene.eater) t.skip(`NOT TESTED: the mark of an OOM kill: ${scene.noEater}`);
  });

  test('a click on a spike leads to the tree of that second', () => visit(open, 'Editor', async (page) => {
    const scene = open.scene!;
    const [from, to] = [scene.at - 3 * MINUTE, scene.at + 3 * MINUTE];
    await page.goto(`/d/proctree-host?var-instance=${open.stack.instance}&from=${from}&to=${to}`);
    await settle(page);
    const graph = await scrollTo(page, 'CPU by mode (cores)');
    await settle(page);
    const plot = (await graph.locator('.u-over').boundingBox())!;
    const spike = { x: plot.x + plot.width * (scene.at - from) / (to - from), y: plot.y + plot.height - 10 };
    await page.mouse.move(spike.x - 5, spike.y);
    await page.mouse.move(spike.x, spike.y);
    await page.mouse.click(spike.x, spike.y);
    await page.getByRole('link', { name: 'Process tree at this time' }).click();
    await page.waitForURL(/viewPanel=panel-1000/);
    const at = momentOf(page, 'to');
    assert.ok(Math.abs(at - scene.at) < MINUTE / 3, `the link leads to ${new Date(at).toISOString()}, not to ${new Date(scene.at).toISOString()}`);
    const tree = new TreeOnPage(page);
    // The tree of the whole dashboard, which may be live, is there until the one of that second comes.
    await tree.toolbar.getByText(/^At \d\d-\d\d \d\d:\d\d:\d\d$/).waitFor();
    await tree.search(scene.hogArgument);
    await tree.row(scene.hog).waitFor();
  }, LAPTOP));
}
