import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DESKTOP, PHONE, browserForFile, cursor, drawn, fakeServer } from './page.js';

/** @import { Page } from 'playwright-core' */

const open = browserForFile();
const DEEP = 40;
/** As long as the kernel lets a name be. */
const NAME = 'deep-process-15';

/**
 * A host with a chain of processes, each the child of the one before.
 * @param {import('node:test').TestContext} t
 */
async function deepServer(t) {
  const { server, url } = await fakeServer(t, { size: 20 });
  const { processes } = server.host;
  for (let i = 0; i < DEEP; i++) {
    const pid = 1000 + i;
    processes.set(pid, { ...processes.get(1), id: `${pid}-1`, pid, ppid: i === 0 ? 1 : pid - 1, name: NAME, cpu: { cores: 0 } });
  }
  return { server, url: `${url}&sort=pid:asc&fold=none&q=${NAME}` };
}

/** How wide a column is. @param {Page} page @param {string} key */
const width = (page, key) => page.$eval(`.heading[data-column="${key}"]`, (heading) => heading.getBoundingClientRect().width);

/** The middle of the edge by which a column is made wider. @param {Page} page @param {string} key */
async function edge(page, key) {
  const box = await page.locator(`[data-grip="${key}"]`).boundingBox();
  assert.ok(box);
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

for (const [size, viewport] of Object.entries({ desktop: DESKTOP, phone: PHONE, 'a tablet': { width: 768, height: 1024 } })) {
  test(`names stay readable in a tree of ${DEEP} levels: ${size}`, async (t) => {
    const { url } = await deepServer(t);
    const page = await open(t, url, { viewport });
    await drawn(page);
    await page.locator('#table').focus();
    await page.keyboard.press('End');
    await page.waitForSelector(`#process-${999 + DEEP}-1`);
    const rows = await page.$$eval('#table .row[id]', (all) => all.filter((row) => row.querySelector('.label')?.textContent?.startsWith('deep')).map((row) => {
      const label = /** @type {HTMLElement} */ (row.querySelector('.label'));
      const depth = /** @type {HTMLElement} */ (row.querySelector('.depth'));
      return { level: Number(row.getAttribute('aria-level')), shown: depth.hidden ? '' : depth.innerText, width: label.getBoundingClientRect().width, cut: label.scrollWidth > label.clientWidth };
    }));
    assert.ok(rows.length >= 10);
    const first = Math.min(...rows.filter(({ shown }) => shown).map(({ level }) => level));
    assert.ok(first < Infinity, 'the indentation ends');
    for (const { level, shown, width: room, cut } of rows) {
      assert.equal(shown, level < first ? '' : String(level), 'a row deeper than its indentation says its depth');
      assert.ok(room >= 50, `the name at level ${level} has ${room} px`);
      if (size === 'desktop') assert.ok(!cut, `the name at level ${level} is cut at ${room} px`);
    }
  });
}

test('the full name and the ancestors are shown where the pointer or the cursor rests', async (t) => {
  const { url } = await deepServer(t);
  const page = await open(t, url);
  await drawn(page);
  const tip = page.locator('#row-tip');
  await page.locator('#process-1003-1 .label').hover();
  await tip.waitFor();
  assert.match(await tip.innerText(), new RegExp(`${NAME} · PID 1003\\s+Depth 5, below systemd \\(1\\) › ${NAME} \\(1000\\) › .* › ${NAME} \\(1002\\)$`));
  await tip.hover();
  await page.waitForTimeout(500);
  assert.ok(await tip.isVisible(), 'the pointer can go into it');
  await page.keyboard.press('Escape');
  await tip.waitFor({ state: 'hidden' });

  await page.mouse.move(900, 100);
  await page.locator('#table').focus();
  await page.keyboard.press('End');
  await tip.waitFor();
  assert.match(await tip.innerText(), new RegExp(`Depth ${DEEP + 1}, below systemd`));
  assert.equal(await page.getAttribute('#table', 'aria-describedby'), 'row-tip');
  const [a, b] = [await tip.boundingBox(), await cursor(page).boundingBox()];
  assert.ok(a && b && (a.y + a.height <= b.y + 1 || a.y >= b.y + b.height - 1), 'it does not cover its row');
  await page.keyboard.press('Home');
  await tip.waitFor({ state: 'hidden' });
});

test('a column is made wider by mouse, and the link keeps it', async (t) => {
  const { url } = await deepServer(t);
  const page = await open(t, url);
  await drawn(page);
  const before = await width(page, 'name');
  const from = await edge(page, 'name');
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move(from.x + 60, from.y, { steps: 4 });
  await page.mouse.move(from.x + 240, from.y, { steps: 4 });
  await page.mouse.up();
  assert.equal(Math.round(await width(page, 'name') - before), 240);
  assert.equal(Math.round(await page.$eval('.row[id] .name-cell', (cell) => cell.getBoundingClientRect().width) - before), 240, 'the rows follow');
  assert.equal(await page.getAttribute('.heading[data-column="pid"]', 'aria-sort'), 'ascending', 'to drag is not to sort');
  await page.waitForURL((address) => address.hash.includes(`widths=name%3A${Math.round(before + 240)}`));
  await page.reload();
  await drawn(page);
  assert.equal(Math.round(await width(page, 'name') - before), 240);
  await page.dblclick('[data-grip="name"]');
  assert.equal(await width(page, 'name'), before);
  await page.waitForURL((address) => !address.hash.includes('widths'));
});

test('a column is made wider by keyboard', async (t) => {
  const { url } = await deepServer(t);
  const page = await open(t, url);
  await drawn(page);
  const before = await width(page, 'memory');
  await page.focus('.heading[data-column="memory"] .sort');
  for (let i = 0; i < 3; i++) await page.keyboard.press('Shift+ArrowRight');
  assert.equal(await width(page, 'memory'), before + 48);
  await page.keyboard.press('Alt+ArrowLeft');
  assert.equal(await width(page, 'memory'), before + 32);
  assert.equal(await page.evaluate(() => document.activeElement?.textContent), 'Memory', 'the focus stays');
  await page.keyboard.press('Shift+Home');
  assert.equal(await width(page, 'memory'), before);
  for (let i = 0; i < 9; i++) await page.keyboard.press('Shift+ArrowLeft');
  assert.equal(await width(page, 'memory'), 48, 'no column can vanish');
  await page.focus('[data-grip="memory"]');
  await page.waitForSelector('[data-grip="memory"][aria-valuenow="48"]');
  await page.keyboard.press('ArrowRight');
  assert.equal(await width(page, 'memory'), 64);
});

test('a column is made wider by a finger, also where the table is wider than the page', async (t) => {
  const { url } = await deepServer(t);
  const page = await open(t, url, { viewport: { width: 390, height: 780 }, hasTouch: true, isMobile: true });
  await drawn(page);
  const target = await page.locator('[data-grip="name"]').boundingBox();
  assert.ok(target && target.width >= 24 && target.height >= 24, 'a finger can hit it');
  const before = await width(page, 'name');
  const { x, y } = await edge(page, 'name');
  const touch = await page.context().newCDPSession(page);
  const finger = (/** @type {'touchStart'|'touchMove'|'touchEnd'} */ type, /** @type {number} */ dx) => touch.send('Input.dispatchTouchEvent', { type, touchPoints: type === 'touchEnd' ? [] : [{ x: x + dx, y }] });
  await finger('touchStart', 0);
  for (const dx of [20, 60, 100]) await finger('touchMove', dx);
  await finger('touchEnd', 100);
  await page.waitForFunction((least) => (document.querySelector('.heading[data-column="name"]')?.getBoundingClientRect().width ?? 0) > least, before + 90);
  assert.ok(await page.$eval('#table', (table) => table.scrollWidth > table.clientWidth && table.scrollLeft === 0), 'the finger moved the edge and did not scroll');
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'the page itself is not wider');
});
