import { join } from 'node:path';
import { type Browser, type Page, chromium } from 'playwright-core';
import type { Scene } from '../../../plugin-tools/host/host.tsx';
import { serveHost } from '../../../plugin-tools/host/server.mjs';

/** Where Debian installs Chromium; PROCTREE_CHROMIUM names another one. */
const CHROMIUM = process.env.PROCTREE_CHROMIUM ?? '/usr/bin/chromium';
const DIST = join(process.cwd(), 'dist');

export const DESKTOP = { width: 1400, height: 760 };
export const PHONE = { width: 390, height: 700 };

/** A browser, and a page that stands for one Grafana with the built panel. */
export interface Host {
  browser: Browser;
  url: string;
  close: () => Promise<void>;
}

export async function startHost(grafana: '12.3' | '13.2'): Promise<Host> {
  const server = await serveHost(grafana, { 'proctree-tree-panel': DIST });
  const browser = await chromium.launch({
    executablePath: CHROMIUM,
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--js-flags=--expose-gc'],
  });
  return {
    browser,
    url: server.url,
    async close() {
      await browser.close();
      await server.close();
    },
  };
}

/** What the stand-in lacks is said in its console; none of it comes from the panel. */
const OF_THE_HOST = /grafanaBootData|i18next|Failed to load resource|font|OTS parsing/;

/**
 * Opens the page with the panel loaded.
 * @returns The page, and what it has reported as an error since.
 */
export async function openPanel({ browser, url }: Host, viewport = DESKTOP): Promise<{ page: Page; problems: string[] }> {
  const context = await browser.newContext({ viewport });
  context.setDefaultTimeout(120_000);
  const page = await context.newPage();
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' && !OF_THE_HOST.test(message.text())) problems.push(message.text());
  });
  await page.goto(`${url}d/dashboard`);
  await page.evaluate(() => window.host.load('/plugins/proctree-tree-panel/module.js'));
  return { page, problems };
}

/** Shows a scene in a panel that fills the viewport. */
export async function show(page: Page, scene: Partial<Scene>): Promise<void> {
  const { width, height } = page.viewportSize()!;
  await page.evaluate((s) => window.host.show(s), { width: width - 16, height: height - 16, ...scene } as Scene);
  await nextFrame(page);
}

/** Waits until what was done is on the screen. */
export const nextFrame = (page: Page) => page.evaluate(() => new Promise<void>((done) => {
  requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done)));
}));

/** The labels of the rows, indented by depth, from top to bottom. */
export const labels = (page: Page): Promise<string[]> => page.$$eval('[role=treegrid] [role=row][aria-level]', (rows) => rows
  .map((row) => ({ at: Number(row.getAttribute('aria-rowindex')), text: ' '.repeat(Number(row.getAttribute('aria-level')) - 1) + (row.querySelector('[data-link], [data-twist] + *')?.textContent ?? '') }))
  .sort((a, b) => a.at - b.at)
  .map(({ text }) => text));

/** How many rows there are, seen or not. */
export const rowCount = async (page: Page): Promise<number> => Number(await page.getAttribute('[role=treegrid]', 'aria-rowcount')) - 1;

