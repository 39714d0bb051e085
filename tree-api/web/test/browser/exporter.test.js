/** The page in front of the real exporter, with real processes. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { test } from 'node:test';
import { WebSocket } from 'ws';
import { METRICS } from '../../model/columns.gen.js';
import { Exporter, family, tokenFile } from './exporter.js';
import { browserForFile, drawn, names, row, rowCount } from './page.js';

/** Names that no test has which runs at the same time; the kernel keeps 15 bytes. */
const OWN = `z${process.pid}`;
const FAMILY = /** @type {[string, string, string]} */ (['top', 'mid', 'low'].map((name) => `${OWN}-${name}`));
const [TOP, MID, LOW] = FAMILY;
const QUICK = '#interval=1';

const open = browserForFile();

test('expand, collapse, search, detail and pause', async (t) => {
  const top = await family(t, { names: FAMILY, argument: 'an argument' });
  const exporter = await Exporter.start(t, ['--web.grafana-url=https://grafana.example/d/host']);
  const page = await open(t, `${exporter.url}${QUICK}&q=${OWN}`);
  assert.equal(await page.getAttribute('#grafana:not([hidden])', 'href'), 'https://grafana.example/d/host');
  assert.equal(await page.isVisible('#logout'), false, 'nobody signed in, so nobody can sign out');
  await row(page, LOW).waitFor();
  const members = (await names(page)).filter((name) => name.startsWith(OWN));
  assert.deepEqual(members, [TOP, MID, LOW, LOW]);

  const all = await rowCount(page);
  await row(page, MID).locator('.twist').click();
  await page.waitForFunction((n) => document.querySelector('#table')?.getAttribute('aria-rowcount') === String(n - 1), all);
  await row(page, MID).locator('.twist').click();
  await row(page, LOW).waitFor();

  await row(page, TOP).locator('.label').click();
  await page.waitForSelector('#drawer details[data-section="limits"]');
  assert.match(await page.innerText('.drawer-title p'), new RegExp(`PID ${top.pid} `));
  assert.match(await page.innerText('.command code'), / 'an argument'$/);
  await page.click('details[data-section="descriptors"] summary');
  assert.match(await page.innerText('details[data-section="descriptors"] table'), /\/dev\/null/);
  await page.keyboard.press('Escape');

  await page.click('#pause');
  await page.waitForSelector('#status[data-state="paused"]');
  await page.click('#pause');
  await page.waitForSelector('#status[data-state="live"]');
});

test('the threads of a process, with what each uses now, the busiest first', async (t) => {
  // One thread works a fifth of the time, the others wait.
  const worker = 'const work = () => { const begun = Date.now(); while (Date.now() - begun < 20); setTimeout(work, 80); }; work();';
  const busy = spawn(process.execPath, ['-e', `new (require('worker_threads').Worker)(${JSON.stringify(worker)}, { eval: true })`], { stdio: 'ignore' });
  t.after(() => { busy.kill('SIGKILL'); });
  const exporter = await Exporter.start(t);
  const page = await open(t, `${exporter.url}${QUICK}&q=pid:${busy.pid}`);
  await page.locator(`.row:has(.pid-cell:text-is("${busy.pid}")) .label`).click();
  await page.waitForSelector('#drawer details[data-section="threads"]');
  await page.click('details[data-section="threads"] summary');
  /** TID and cores of each thread; NaN where they are not known yet. */
  const threads = () => page.$$eval('details[data-section="threads"] tbody tr', (rows) => rows.map((tr) => ({
    tid: Number(tr.children[0].textContent), cores: parseFloat(tr.children[3].textContent ?? ''),
  })));
  // Rates need two readings.
  await page.waitForFunction(() => parseFloat(document.querySelector('details[data-section="threads"] tbody tr td:nth-child(4)')?.textContent ?? '') > 0);
  const list = await threads();
  assert.ok(list.length > 2, `${list.length} threads`);
  assert.equal(new Set(list.map(({ tid }) => tid)).size, list.length);
  const cores = list.map((thread) => thread.cores).filter((value) => !Number.isNaN(value));
  assert.deepEqual(cores, cores.toSorted((a, b) => b - a), 'the busiest thread is not the first');
  assert.notEqual(list[0].tid, busy.pid, 'the first thread only waits, and is not the busiest');
});

test('filter and sort', async (t) => {
  await family(t, { names: FAMILY });
  const exporter = await Exporter.start(t);
  const page = await open(t, `${exporter.url}${QUICK}&view=list&sort=pid:asc`);
  await drawn(page);
  await page.waitForSelector('#count:has-text("processes")');
  await page.click('#filter-group');
  await page.fill('#filter-group-menu .menu-search', LOW).catch(() => {});
  await page.click(`#filter-group-menu >> text=${LOW}`);
  await page.keyboard.press('Escape');
  await page.waitForFunction(() => document.querySelector('#table')?.getAttribute('aria-rowcount') === '3');
  const pids = () => page.$$eval('.row[id]', (rows) => rows
    .sort((a, b) => Number(a.getAttribute('aria-rowindex')) - Number(b.getAttribute('aria-rowindex')))
    .map((r) => Number(r.querySelector('.pid-cell')?.textContent)));
  const [first, second] = await pids();
  assert.ok(first < second);
  await page.click('.heading[data-column="pid"] button');
  await page.waitForSelector('.heading[data-column="pid"][aria-sort="descending"]');
  // The heading says so at once, the rows with the next frame.
  await page.waitForFunction((pid) => document.querySelector('.row[aria-rowindex="2"] .pid-cell')?.textContent === String(pid), second);
  assert.deepEqual(await pids(), [second, first]);
});

test('processes whose names and arguments are markup', async (t) => {
  const evil = '"><script>window.hit=1</script><img src=x onerror=window.hit=1>';
  await family(t, { names: ['<b>parent', '<img src=x>', '<svg onload=x>'], argument: evil });
  const exporter = await Exporter.start(t);
  const page = await open(t, `${exporter.url}${QUICK}&q=window.hit&columns=pid,group,cmdline,exe`);
  await row(page, '<svg onload=x>').waitFor();
  assert.ok((await names(page)).includes('<img src=x>'));
  await row(page, '<svg onload=x>').locator('.label').click();
  await page.waitForSelector('.command code');
  assert.ok((await page.innerText('.command code')).endsWith(`'${evil}'`));
  assert.equal(await page.locator('.split img, .split script, .split b, .overview img').count(), 0);
  assert.equal(await page.evaluate(() => /** @type {any} */ (window).hit), undefined);
});

test('a process that starts appears, one that ends goes', async (t) => {
  const exporter = await Exporter.start(t);
  const page = await open(t, `${exporter.url}${QUICK}&q=${OWN}-late`);
  await page.waitForSelector('#empty:has-text("No process matches")');
  const top = await family(t, { names: [`${OWN}-late`, `${OWN}-child`, `${OWN}-third`] });
  await row(page, `${OWN}-late`).waitFor();
  process.kill(-(/** @type {number} */ (top.pid)), 'SIGSTOP');
  await page.waitForSelector('.row[id] .state-stopped');
  process.kill(/** @type {number} */ (top.pid), 'SIGKILL');
  await row(page, `${OWN}-late`).waitFor({ state: 'detached' });
});

for (const role of /** @type {const} */ (['viewer', 'operator'])) {
  test(`sign in as ${role}`, async (t) => {
    await family(t, { names: FAMILY, argument: 'secret-looking' });
    const { file, secrets } = await tokenFile(t);
    const exporter = await Exporter.start(t, [`--api.token-file=${file}`]);
    const page = await open(t, exporter.url);
    await page.click('text=Sign in');
    await page.fill('input[name="token"]', 'not a token');
    await page.click('button[type="submit"]');
    await page.waitForSelector('[role="alert"]');
    await page.fill('input[name="token"]', secrets[role]);
    await page.click('button[type="submit"]');
    await drawn(page);
    await page.fill('#search', TOP);
    await row(page, TOP).locator('.label').click();
    await page.waitForSelector('#drawer details[data-section="limits"]');
    const isViewer = role === 'viewer';
    assert.equal(await page.locator('.heading[data-column="cmdline"]').count(), isViewer ? 0 : 1);
    assert.equal((await page.innerText('body')).includes('secret-looking'), !isViewer);
    assert.equal(await page.locator('#drawer .notice:has-text("signed in as a viewer")').count(), isViewer ? 1 : 0);
    assert.equal(await page.locator('details[data-section="descriptors"]').count(), isViewer ? 0 : 1);
  });
}

test('sign out', async (t) => {
  const { file, secrets } = await tokenFile(t);
  const exporter = await Exporter.start(t, [`--api.token-file=${file}`]);
  const page = await open(t, `${exporter.url}login`);
  await page.fill('input[name="token"]', secrets.viewer);
  await page.click('button[type="submit"]');
  await drawn(page);
  await page.click('#logout button');
  await page.waitForSelector('input[name="token"]');
  await page.goto(exporter.url);
  await page.waitForSelector('text=Sign in');
  assert.equal(await page.locator('#table').count(), 0);
});

test('a session that is no longer good leads to the login', async (t) => {
  const { file, secrets } = await tokenFile(t);
  const exporter = await Exporter.start(t, [`--api.token-file=${file}`]);
  const page = await open(t, `${exporter.url}login`);
  await page.fill('input[name="token"]', secrets.operator);
  await page.click('button[type="submit"]');
  await drawn(page);
  await page.context().clearCookies();
  await page.click('#pause');
  await page.click('#pause');
  await page.waitForSelector('.notice.bad a[href="login"]');
  await page.click('.notice.bad a[href="login"]');
  await page.waitForSelector('input[name="token"]');
});

test('the exporter goes away and comes back', async (t) => {
  const exporter = await Exporter.start(t);
  const page = await open(t, `${exporter.url}${QUICK}`);
  await drawn(page);
  await exporter.stop();
  await page.waitForSelector('.notice.bad:has-text("Connection lost")');
  assert.ok((await names(page)).length > 0, 'the last state stays');
  await exporter.start();
  await page.waitForSelector('#status[data-state="live"]', { timeout: 30_000 });
  assert.equal(await page.isHidden('.notice.bad'), true);
});

test('the exporter sends every column of the page, in both layouts', async (t) => {
  const exporter = await Exporter.start(t);
  const message = (/** @type {string} */ layout) => firstMessage(`${exporter.url.replace('http', 'ws')}api/v1/stream?interval=60&layout=${layout}`);
  const [{ columns }, { processes }] = [await message('columns'), await message('nodes')];
  const value = (/** @type {any} */ from, /** @type {typeof METRICS[number]} */ { within, field }) => (within ? from[within] : from)?.[field];
  for (const metric of METRICS) {
    const column = value(columns, metric);
    assert.ok(column !== undefined, `there is no column ${metric.key}`);
    // What no process has is absent from a list of nodes: a rate after the first scan, a GPU where there is none.
    if (!Array.isArray(column) || !column.some((/** @type {any} */ one) => one)) continue;
    assert.ok(processes.some((/** @type {any} */ one) => value(one, metric) !== undefined), `no node has ${metric.key}`);
  }
});

/** @param {string} url @returns {Promise<any>} */
function firstMessage(url) {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url);
    socket.on('error', reject);
    socket.on('message', (data) => {
      socket.close();
      resolve(JSON.parse(String(data)));
    });
  });
}

test('find the processes that have a port or a file open, and see the sockets', async (t) => {
  const exporter = await Exporter.start(t);
  const { port } = new URL(exporter.url);
  const page = await open(t, `${exporter.url}${QUICK}`);
  await drawn(page);
  await page.fill('#search', `port:${port} name:proctree`);
  await page.waitForFunction(() => /^1 of/.test(document.querySelector('#count')?.textContent ?? ''));
  await page.locator('#table .row[id]:not(.context) .label').first().click();
  await page.click('details[data-section="sockets"] summary');
  assert.match(await page.innerText('details[data-section="sockets"] table'), new RegExp(`tcp\\s+127\\.0\\.0\\.1:${port}\\s+listen`));
  await page.fill('#search', 'file:/no/such/file');
  await page.waitForFunction(() => /^0 of/.test(document.querySelector('#count')?.textContent ?? ''));
});

test('what ended is listed with how, and its row fades', async (t) => {
  const top = await family(t, { names: ['end-parent', 'end-child', 'end-grandchild'] });
  const exporter = await Exporter.start(t);
  const page = await open(t, `${exporter.url}${QUICK}&q=end-`);
  await row(page, 'end-parent').waitFor();
  // The row's copy is gone after a moment: the page notes that it was there.
  await page.evaluate(() => {
    new MutationObserver(() => {
      if (document.querySelector('.row.ended')) document.body.dataset.faded = 'yes';
    }).observe(/** @type {Element} */ (document.querySelector('#table .body')), { childList: true });
  });
  process.kill(/** @type {number} */ (top.pid), 'SIGKILL');
  await page.waitForSelector('body[data-faded="yes"]');
  await page.click('#ended');
  await page.waitForSelector('#ended-menu tr:has-text("end-parent")');
  const line = await page.innerText('#ended-menu tr:has-text("end-parent")');
  assert.match(line, new RegExp(`end-parent\\s+${top.pid}\\s`));
  const answer = await fetch(`${exporter.url}api/v1/exits`).then((r) => r.json());
  const exit = answer.data.exits.find((/** @type {any} */ e) => e.pid === top.pid);
  if (['bpf', 'taskstats'].includes(answer.data.source)) {
    assert.equal(exit.reason, 'SIGKILL');
    assert.match(line, /SIGKILL/);
  } else {
    assert.equal(exit.reason, undefined, 'without a record nobody knows');
  }
  await page.click('#ended-menu >> text=Mark new rows');
  assert.equal(await page.evaluate(() => localStorage.getItem('proctree-marks')), 'off');
});
