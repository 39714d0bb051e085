import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { PHONE, browserForFile, drawn, fakeServer, names, row, rowCount } from './page.js';
import { quotePosix } from '../../quote.js';

const open = browserForFile();
const axeSource = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

test('the drawer shows one process in full', async (t) => {
  const { server, url } = await fakeServer(t);
  const page = await open(t, url);
  await drawn(page);
  await row(page, 'postgres').locator('.label').click();
  await page.waitForSelector('#drawer details[data-section="limits"]');
  const pid = Number((await page.innerText('.drawer-title p')).match(/PID (\d+)/)?.[1]);
  assert.equal(await page.innerText('.drawer-title h2'), server.host.processes.get(pid).name);
  const { cmdline } = server.host.processes.get(pid);
  assert.equal(await page.innerText('.command code'), quotePosix(cmdline));
  await page.click('details[data-section="limits"] summary');
  assert.match(await page.innerText('details[data-section="limits"] table'), /Open files\s+1,024\s+524,288/);
  server.step();
  await page.waitForFunction(() => /^M.*L/.test(document.querySelector('.cpu-chart path.spark-line')?.getAttribute('d') ?? ''));
  await page.click('.ancestors >> text=systemd');
  await page.waitForSelector('.drawer-title h2:text-is("systemd")');
  await page.click('#drawer [aria-label="Close"]');
  await page.waitForSelector('#drawer', { state: 'hidden' });
});

test('a process that ends says so and stays to be read', async (t) => {
  const { server, url } = await fakeServer(t);
  const page = await open(t, url);
  await drawn(page);
  await row(page, 'postgres').locator('.label').click();
  await page.waitForSelector('#drawer .command code');
  const pid = Number((await page.innerText('.drawer-title p')).match(/PID (\d+)/)?.[1]);
  server.send({ type: 'diff', seq: 2, time: server.host.now + 1, removed: [server.host.processes.get(pid).id] });
  await page.waitForSelector('#drawer.ended');
  assert.match(await page.innerText('.drawer-title'), /postgres\s+This process has ended/);
});

test('the address carries the view', async (t) => {
  const { url } = await fakeServer(t);
  const page = await open(t, url);
  await drawn(page);
  await row(page, 'systemd').locator('.twist').click();
  await page.fill('#search', 'postgres');
  await page.click('.heading[data-column="memory"] button');
  await page.click('button[aria-label="Overview"]');
  await page.waitForFunction(() => /overview=off/.test(location.hash));
  const address = page.url();
  const other = await open(t, address);
  await drawn(other);
  assert.equal(await other.inputValue('#search'), 'postgres');
  assert.equal(await other.getAttribute('.heading[data-column="memory"]', 'aria-sort'), 'descending');
  assert.equal(await other.isHidden('#overview'), true);
  assert.equal(await rowCount(other), await rowCount(page));
  assert.ok(((await other.locator('#table').boundingBox())?.height ?? 0) > 700, 'the table fills the page without the overview');
  await row(page, 'systemd').locator('.twist').click();
  await page.waitForFunction(() => /matches-fold=none/.test(location.hash));
  const folded = await open(t, page.url());
  await drawn(folded);
  assert.equal(await row(folded, 'systemd').getAttribute('aria-expanded'), 'false', 'what was folded under the filter');
  await other.fill('#search', '');
  await other.waitForSelector('.row[aria-expanded="false"] .label:text-is("systemd")');
});

test('pause holds everything still, and going on catches up', async (t) => {
  const { server, url } = await fakeServer(t);
  const page = await open(t, url);
  await drawn(page);
  await page.click('#pause');
  await page.waitForSelector('#status[data-state="paused"]');
  await assert.doesNotReject(waitUntil(() => server.streams === 0));
  const before = await page.innerText('#table');
  server.host.advance(60, 1);
  await page.waitForTimeout(200);
  assert.equal(await page.innerText('#table'), before);
  await page.keyboard.press('p');
  await page.waitForSelector('#status[data-state="live"]');
  await page.waitForFunction((text) => /** @type {HTMLElement} */ (document.querySelector('#table')).innerText !== text, before);
});

test('the interval can be chosen', async (t) => {
  const { server, url } = await fakeServer(t);
  const page = await open(t, url);
  await drawn(page);
  await page.click('#status');
  await page.click('#status-menu >> text=10 seconds');
  await page.waitForSelector('#status:has-text("10 s")');
  await waitUntil(() => server.streams === 1);
  await page.waitForFunction(() => /interval=10/.test(location.hash));
});

test('a lost connection is said plainly, and it comes back by itself', async (t) => {
  const { server, url } = await fakeServer(t);
  const page = await open(t, url);
  await drawn(page);
  const port = Number(new URL(url).port);
  await server.close();
  await page.waitForSelector('.notice.bad:has-text("Connection lost")');
  assert.match(await page.innerText('.notice.bad'), /Below is the state of .*Next try in \d+ s/);
  assert.ok((await names(page)).length > 0, 'the last state stays');
  await server.listen(port);
  await page.waitForSelector('#status[data-state="live"]', { timeout: 20_000 });
  assert.equal(await page.isHidden('.notice.bad'), true);
});

for (const file of ['/stream-worker.js', '/stream-table.js']) {
  test(`without ${file} there is no stream, and it is asked for again`, async (t) => {
    const { server, url } = await fakeServer(t);
    server.missing.add(file);
    const page = await open(t, url);
    await page.waitForSelector('.notice.bad:has-text("has stopped")');
    server.missing.clear();
    await drawn(page);
    assert.equal(await page.isVisible('.notice.bad'), false);
    assert.equal(server.streams, 1);
  });
}

test('without a worker too the stream is paused, and resumed at once', async (t) => {
  const { server, url } = await fakeServer(t);
  server.missing.add('/stream-table.js');
  const page = await open(t, url);
  await page.waitForSelector('.notice.bad:has-text("has stopped")');
  await page.click('#pause');
  await page.waitForSelector('#status[data-state="paused"]');
  server.missing.clear();
  await page.waitForTimeout(5500);
  assert.equal(await page.getAttribute('#status', 'data-state'), 'paused');
  await page.click('#pause');
  await drawn(page);
  assert.equal(server.streams, 1);
});

test('a message that is missing leads to a new full one', async (t) => {
  const { server, url } = await fakeServer(t);
  const page = await open(t, url);
  await drawn(page);
  server.send({ type: 'diff', seq: 99, time: server.host.now, added: [{ id: '99999-1', pid: 99999, name: 'from-nowhere' }] });
  await page.waitForTimeout(300);
  await page.waitForSelector('#status[data-state="live"]');
  assert.ok(!(await names(page)).includes('from-nowhere'));
  server.step();
  await waitUntil(() => server.streams === 1);
});

const refusals = /** @type {[number, RegExp][]} */ ([
  [401, /You are not signed in.*Sign in/s],
  [403, /refuses access to the tree: a token is needed/],
  [503, /takes no further viewers/],
]);
for (const [status, want] of refusals) {
  test(`refused with ${status}`, async (t) => {
    const { server, url } = await fakeServer(t);
    server.refuse = status;
    const page = await open(t, url);
    await page.waitForSelector('.notice.bad:not([hidden])');
    assert.match(await page.innerText('.notice.bad'), want);
    assert.equal(await page.locator('.notice.bad a[href="login"]').isVisible(), status === 401);
    server.refuse = 0;
  });
}

test('a viewer gets no command lines and is told so', async (t) => {
  const { server, url } = await fakeServer(t);
  server.role = 'viewer';
  const page = await open(t, `${url}&columns=cmdline,exe,pid`);
  await drawn(page);
  assert.equal(await page.locator('.heading[data-column="cmdline"], .heading[data-column="exe"]').count(), 0);
  await row(page, 'postgres').locator('.label').click();
  await page.waitForSelector('#drawer .notice:has-text("signed in as a viewer")');
  assert.equal(await page.locator('.command').count(), 0);
  await page.click('#columns');
  assert.equal(await page.locator('#columns-menu >> text=Command line').count(), 0);
});

test('names and command lines are text and nothing else', async (t) => {
  const { server, url } = await fakeServer(t);
  const evil = '<img src=x onerror="window.hit=1"><script>window.hit=1</script>';
  Object.assign(server.host.processes.get(1), { name: evil, user: evil, group: evil, unit: evil, cmdline: [evil], exe: evil });
  const page = await open(t, `${url}&columns=user,group,unit,cmdline,exe&q=img`);
  await drawn(page);
  assert.equal((await names(page))[0], evil);
  await page.locator('.row[id] .label').first().click();
  await page.waitForSelector('.command code');
  assert.equal(await page.innerText('.command code'), quotePosix([evil]));
  for (const id of ['filter-user', 'filter-group']) {
    await page.click(`#${id}`);
    await page.waitForSelector(`#${id}-menu .line`);
    await page.keyboard.press('Escape');
  }
  assert.equal(await page.locator('.split img, .split script, .menu img, .overview img').count(), 0);
  assert.equal(await page.evaluate(() => /** @type {any} */ (window).hit), undefined);
});

test('the link to Grafana leads to a web page or is not there', async (t) => {
  const { server, url } = await fakeServer(t);
  const page = await open(t, url);
  await page.waitForSelector('#grafana:not([hidden])');
  assert.equal(await page.getAttribute('#grafana', 'href'), 'https://grafana.example/d/host');
  server.links = { grafana: 'javascript:alert(1)' };
  await page.reload();
  await drawn(page);
  await page.waitForFunction(() => document.title.startsWith('db-eu-3'));
  assert.equal(await page.isHidden('#grafana'), true);
});

test('on a phone nothing is wider than the page, and the drawer fills it', async (t) => {
  const { url } = await fakeServer(t);
  const page = await open(t, url, { viewport: PHONE, isMobile: true, hasTouch: true });
  await drawn(page);
  const widths = () => page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
  assert.deepEqual(await widths(), [PHONE.width, PHONE.width]);
  assert.deepEqual(await page.$$eval('.heading', (list) => list.map((h) => /** @type {HTMLElement} */ (h).dataset.column)), ['name', 'cpu', 'memory']);
  await row(page, 'systemd').locator('.label').tap();
  await page.waitForSelector('#drawer details');
  const box = await page.locator('#drawer').boundingBox();
  assert.deepEqual([box?.x, box?.width], [0, PHONE.width]);
  assert.deepEqual(await widths(), [PHONE.width, PHONE.width]);
  await page.tap('#drawer [aria-label="Close"]');
  await page.tap('#filter-user');
  const menu = await page.locator('#filter-user-menu').boundingBox();
  assert.ok(menu && menu.x >= 0 && menu.x + menu.width <= PHONE.width, JSON.stringify(menu));
});

for (const colorScheme of /** @type {const} */ (['dark', 'light'])) {
  for (const viewport of [{ width: 1440, height: 900 }, PHONE]) {
    test(`accessible, ${colorScheme}, ${viewport.width} px`, async (t) => {
      const { server, url } = await fakeServer(t);
      const page = await open(t, `${url}&q=postgres`, { colorScheme, viewport });
      await drawn(page);
      if (viewport.width > 400) await row(page, 'postgres').locator('.label').click();
      server.step();
      await page.waitForTimeout(300);
      await page.evaluate(axeSource);
      const found = await page.evaluate(() => /** @type {any} */ (window).axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice'] }));
      assert.deepEqual(found.violations.map((/** @type {any} */ v) => `${v.id}: ${v.nodes.slice(0, 3).map((/** @type {any} */ n) => `${n.html.slice(0, 120)} (${n.any[0]?.message ?? ''})`).join('; ')}`), []);
    });
  }
}

/** @param {() => boolean} condition */
async function waitUntil(condition) {
  for (let i = 0; i < 100; i++) {
    if (condition()) return;
    await new Promise((resolve) => { setTimeout(resolve, 50); });
  }
  throw new Error('waited in vain');
}
