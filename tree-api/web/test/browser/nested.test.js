import assert from 'node:assert/strict';
import { test } from 'node:test';
import { browserForFile, cursor, drawn, fakeServer, names, row, rowCount } from './page.js';

const open = browserForFile();
/** All rows are in view. */
const TALL = { viewport: { width: 1440, height: 2600 } };

/** @param {import('playwright-core').Page} page @param {string} by */
const choose = (page, by) => page.selectOption('select[aria-label="Tree by"]', by);

/** @param {import('playwright-core').Page} page @param {string} name @param {string} column */
const cell = (page, name, column) => row(page, name).locator(`[data-column="${column}"]`).innerText();

test('by control group: slices, units and containers with sums, which a fold, a sort and a filter keep', async (t) => {
  const { server, url } = await fakeServer(t);
  const page = await open(t, url, TALL);
  await drawn(page);
  await choose(page, 'cgroup');
  await page.waitForURL(/tree=cgroup/);
  const all = [...server.host.processes.values()];
  const below = (/** @type {string} */ path) => all.filter((p) => p.cgroup === path || p.cgroup.startsWith(`${path}/`));
  await row(page, 'system.slice').waitFor();
  const system = below('/system.slice');
  assert.equal(await row(page, 'system.slice').locator('.badge').innerText(), String(system.length));
  assert.equal(await cell(page, 'system.slice', 'cpu'), system.reduce((sum, p) => sum + p.cpu.cores, 0).toFixed(2));
  assert.equal(await cell(page, 'system.slice', 'threads'), String(system.reduce((sum, p) => sum + p.threads, 0)));
  assert.equal(await cell(page, 'system.slice', 'pid'), '');
  assert.equal(await page.innerText('#count'), `${all.length} processes`);
  const unit = all.find((p) => p.unit)?.unit;
  assert.equal(await row(page, unit).getAttribute('aria-level'), '2');

  await row(page, 'system.slice').locator('.label').click();
  await page.waitForURL(/except=.*slice%3Asystem\.slice/);
  assert.ok(!(await names(page)).includes(unit), 'a click on what is no process folds it');
  assert.ok(await page.isHidden('#drawer'));
  await page.reload();
  await row(page, 'system.slice').waitFor();
  assert.equal(await row(page, 'system.slice').getAttribute('aria-expanded'), 'false');
  assert.equal(await page.inputValue('select[aria-label="Tree by"]'), 'cgroup');

  await page.fill('#search', `unit=${unit}`);
  const found = all.filter((p) => p.unit === unit);
  await page.waitForFunction((want) => document.querySelector('#count')?.textContent === want, `${found.length} of ${all.length}`);
  assert.deepEqual((await names(page)).slice(0, 2), ['system.slice', unit]);
  assert.equal(await rowCount(page), found.length + 2);
});

test('it follows the stream, and what starts is below what it belongs to', async (t) => {
  const { server, url } = await fakeServer(t);
  const page = await open(t, `${url}&tree=user`, TALL);
  await row(page, 'root').waitFor();
  const template = [...server.host.processes.values()].find((p) => p.user === 'root' && !p.kernel);
  const added = { ...template, id: '99999-5', pid: 99999, ppid: 1, name: 'newcomer', user: 'somebody', cpu: { cores: 2 } };
  server.host.processes.set(added.pid, added);
  server.send({ added: [added] });
  await row(page, 'somebody').waitFor();
  assert.equal(await cell(page, 'somebody', 'cpu'), '2.00');
  assert.equal(await row(page, 'newcomer').getAttribute('aria-level'), '2');
  server.host.processes.delete(added.pid);
  server.send({ removed: [added.id] });
  await page.waitForFunction(() => ![...document.querySelectorAll('#table .row[id] .label')].some((label) => label.textContent === 'somebody'));
});

test('keys: b changes the tree, arrows fold and enter, and the details are those of the process', async (t) => {
  const { server, url } = await fakeServer(t);
  const page = await open(t, url, TALL);
  await drawn(page);
  await page.locator('#table').focus();
  for (const by of ['cgroup', 'user', 'group']) {
    await page.keyboard.press('b');
    await page.waitForURL(new RegExp(`tree=${by}`));
  }
  await page.keyboard.press('Home');
  const name = await cursor(page).locator('.label').innerText();
  const before = await rowCount(page);
  await page.keyboard.press('ArrowLeft');
  await page.waitForFunction((rows) => Number(document.querySelector('#table')?.getAttribute('aria-rowcount')) - 1 < rows, before);
  await page.keyboard.press('Enter');
  await page.waitForFunction((rows) => Number(document.querySelector('#table')?.getAttribute('aria-rowcount')) - 1 === rows, before);
  assert.ok(await page.isHidden('#drawer'), 'there are no details of what is no process');
  await page.keyboard.press('ArrowRight');
  const child = [...server.host.processes.values()].find((p) => p.group === name && p.ppid > 1);
  await page.fill('#search', `pid:${child.pid}`);
  await page.keyboard.press('Enter');
  await page.keyboard.press('Enter');
  await page.waitForSelector('#drawer:not([hidden])');
  const parent = server.host.processes.get(child.ppid);
  await page.waitForSelector(`#drawer .ancestors button >> text=${parent.name}`);
  await page.keyboard.press('Escape');
  await page.keyboard.press('ArrowLeft');
  assert.equal(await cursor(page).locator('.label').innerText(), name, 'Left leads to what it belongs to');
  await page.keyboard.press('b');
  await page.waitForFunction(() => !location.hash.includes('tree='));
});

test('a viewer has units and containers without slices, and hostile names change nothing', async (t) => {
  const { server, url } = await fakeServer(t);
  const [first, second] = [...server.host.processes.values()].filter((p) => p.unit);
  Object.assign(first, { user: '<img src=x onerror=alert(1)>,/:%', unit: 'a b"<c>.service' });
  second.user = 'v\u202efdp.x';
  for (const process of server.host.processes.values()) delete process.cgroup;
  const page = await open(t, `${url}&tree=cgroup`, TALL);
  await row(page, 'a b"<c>.service').waitFor();
  assert.ok(!(await names(page)).includes('system.slice'));
  await choose(page, 'user');
  await page.waitForURL(/tree=user/);
  await row(page, '<img src=x onerror=alert\\(1\\)>,/:%').locator('.label').click();
  await page.waitForURL(/except=.*user%3A%2Fuser/);
  await page.reload();
  assert.equal(await row(page, '<img src=x onerror=alert\\(1\\)>,/:%').getAttribute('aria-expanded'), 'false');
  assert.ok((await names(page)).includes('v\\u202efdp.x'));
});

test('on a phone the choice can be reached, and nothing is wider than the page', async (t) => {
  const { url } = await fakeServer(t);
  const page = await open(t, `${url}&tree=cgroup`, { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true });
  await row(page, 'system.slice').waitFor();
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
  await page.locator('select[aria-label="Tree by"]').scrollIntoViewIfNeeded();
  await choose(page, 'parent');
  await row(page, 'systemd').waitFor();
});
