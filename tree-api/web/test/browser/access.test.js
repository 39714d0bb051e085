import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { DESKTOP, browserForFile, drawn, fakeServer, row } from './page.js';

/** @import { Page } from 'playwright-core' */

const open = browserForFile();
const axeSource = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const LEAST_TARGET = 24;

/** What axe-core finds wrong now. @param {Page} page */
async function violations(page) {
  const found = await page.evaluate(() => /** @type {any} */ (window).axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }));
  return found.violations.map((/** @type {any} */ v) => `${v.id}: ${v.nodes.slice(0, 3).map((/** @type {any} */ n) => `${n.html.slice(0, 120)} (${n.any[0]?.message ?? ''})`).join('; ')}`);
}

/** The controls that are smaller than a finger needs (WCAG 2.2, 2.5.8). @param {Page} page */
const smallTargets = (page) => page.evaluate((least) => [...document.querySelectorAll('button, a, input, select, summary, [role="separator"]')]
  // A box to tick is pressed by its line.
  .map((one) => (one.matches('input[type="checkbox"], input[type="radio"]') ? one.closest('label') ?? one : one))
  .filter((one) => /** @type {HTMLElement} */ (one).checkVisibility({ visibilityProperty: true }))
  .map((one) => ({ one, box: one.getBoundingClientRect() }))
  .filter(({ box }) => box.width > 0 && (box.width < least - 0.5 || box.height < least - 0.5))
  .map(({ one, box }) => `${one.outerHTML.slice(0, 90)}: ${box.width.toFixed(0)} × ${box.height.toFixed(0)}`), LEAST_TARGET);

for (const [name, options] of /** @type {[string, import('playwright-core').BrowserContextOptions][]} */ ([
  ['light', { viewport: DESKTOP, colorScheme: 'light' }],
  ['dark, more contrast', { viewport: DESKTOP, colorScheme: 'dark', contrast: 'more' }],
  ['forced colours', { viewport: DESKTOP, forcedColors: 'active' }],
  ['a phone', { viewport: { width: 390, height: 780 }, hasTouch: true, isMobile: true }],
])) {
  test(`every menu, every section of the drawer, groups and the chart are accessible: ${name}`, async (t) => {
    const { server, url } = await fakeServer(t);
    const page = await open(t, url, options);
    await drawn(page);
    await page.evaluate(axeSource);
    const touch = options.hasTouch === true;
    /** @type {string[]} */
    const problems = [];
    const check = async (/** @type {string} */ what) => {
      problems.push(...(await violations(page)).map((/** @type {string} */ one) => `${what}: ${one}`));
      if (touch) problems.push(...(await smallTargets(page)).map((one) => `${what}: target ${one}`));
    };
    const menus = await page.$$eval('[popover]', (all) => all.map(({ id }) => id));
    assert.ok(menus.length >= 8, `only ${menus}`);
    for (const id of menus) {
      await page.evaluate((menu) => document.getElementById(menu)?.showPopover(), id);
      await page.waitForTimeout(50);
      await check(id);
      await page.evaluate((menu) => document.getElementById(menu)?.hidePopover(), id);
    }
    await row(page, 'postgres').locator('.label').click();
    await page.waitForSelector('#drawer details[data-section="threads"]');
    await page.$$eval('#drawer details', (all) => { for (const one of all) /** @type {HTMLDetailsElement} */ (one).open = true; });
    await page.click('#drawer .pin');
    server.step(2);
    await page.waitForSelector('#compare .line', { state: 'attached' });
    await check('drawer and chart');
    await page.click('#drawer [aria-label="Close"]');
    await page.keyboard.press('g');
    await page.waitForSelector('#groups tbody tr');
    await check('groups');
    assert.deepEqual(problems, []);
  });
}
