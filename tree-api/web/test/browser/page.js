import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { FakeHost } from '../fake/host.js';
import { FakeServer } from '../fake/server.js';
import { launch } from './browser.js';

/** @import { Browser, BrowserContextOptions, Page } from 'playwright-core' */

export const DESKTOP = { width: 1440, height: 900 };
export const PHONE = { width: 320, height: 640 };

/**
 * Starts a browser for all tests of a file.
 * @returns {(t: import('node:test').TestContext, url: string, options?: BrowserContextOptions) => Promise<Page>}
 *   It opens a page for one test. Whatever the page writes to its console as an error, and
 *   every exception, fails the test, unless the page is told to expect it.
 */
export function browserForFile() {
  /** @type {Browser} */
  let browser;
  before(async () => { browser = await launch(); });
  after(() => browser.close());
  return async (t, url, options = {}) => {
    const context = await browser.newContext({ viewport: DESKTOP, ...options });
    context.setDefaultTimeout(15_000);
    const page = await context.newPage();
    /** @type {string[]} */
    const problems = [];
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error' && !isTrouble(message.text())) problems.push(message.text());
    });
    t.after(async () => {
      await context.close();
      assert.deepEqual(problems, [], 'the page reported errors');
    });
    await page.goto(url);
    return page;
  };
}

/** A refused request is in the console although the page copes with it. @param {string} text */
const isTrouble = (text) => /Failed to load resource|WebSocket connection to/.test(text);

/**
 * A made-up host behind the page, for one test.
 * @param {import('node:test').TestContext} t
 * @param {{size?: number}} [options]
 */
export async function fakeServer(t, { size = 60 } = {}) {
  const server = new FakeServer(new FakeHost({ size, seed: 3, now: 1_790_000_000 }));
  const url = await server.listen();
  t.after(() => server.close());
  return { server, url: `${url}#interval=60` };
}

/** Waits until the tree is drawn. @param {Page} page */
export const drawn = (page) => page.waitForSelector('#table .row[id]');

/** The names in the rows, from top to bottom. @param {Page} page @returns {Promise<string[]>} */
export function names(page) {
  return page.$$eval('#table .row[id]', (rows) => rows
    .sort((a, b) => Number(a.getAttribute('aria-rowindex')) - Number(b.getAttribute('aria-rowindex')))
    .map((row) => row.querySelector('.label')?.textContent ?? ''));
}

/** How many rows the table has, seen or not. @param {Page} page */
export const rowCount = async (page) => Number(await page.getAttribute('#table', 'aria-rowcount')) - 1;

/** The first row with a name. @param {Page} page @param {string} name */
export const row = (page, name) => page.locator('#table .row[id]').filter({ has: page.locator('.label', { hasText: new RegExp(`^${name}$`) }) }).first();

/** The row with the cursor. @param {Page} page */
export const cursor = (page) => page.locator('#table .row[id][aria-selected="true"]');
