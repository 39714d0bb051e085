/** A browser that is signed in to Grafana, and what a person sees there. */
import { type Browser, type Locator, type Page, chromium } from 'playwright-core';
import type { Role, Stack } from './stack.ts';

export const DESKTOP = { width: 1600, height: 1000 };
export const LAPTOP = { width: 1366, height: 768 };
/** Grafana draws only the panels that are in view: this shows every one. */
export const TALL = { width: 1600, height: 7000 };

export const launch = (): Promise<Browser> => chromium.launch({
  executablePath: process.env.PROCTREE_CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});

/** What has come to a page over the network. */
export interface Heard {
  /** The texts of messages over Grafana Live, and of the answers to queries. */
  texts: string[];
  /** Errors that were thrown in the page. */
  faults: string[];
}

/** Signs in, in a window of its own, and lets something be done there. */
export async function visit({ stack, browser }: { stack: Stack; browser: Browser }, role: Role, use: (page: Page, heard: Heard) => Promise<void>, viewport = DESKTOP): Promise<void> {
  const context = await browser.newContext({ viewport, baseURL: stack.url.grafana });
  context.setDefaultTimeout(60_000);
  try {
    const signedIn = await context.request.post('/login', { data: stack.users[role] });
    if (!signedIn.ok()) throw new Error(`${role} cannot sign in: ${signedIn.status()} ${await signedIn.text()}`);
    const page = await context.newPage();
    const heard: Heard = { texts: [], faults: [] };
    page.on('pageerror', (error) => heard.faults.push(error.message));
    page.on('websocket', (socket) => socket.on('framereceived', ({ payload }) => heard.texts.push(String(payload))));
    page.on('response', async (response) => {
      if (response.url().includes('/api/ds/query')) heard.texts.push(await response.text().catch(() => ''));
    });
    await use(page, heard);
    if (heard.faults.length > 0) throw new Error(`thrown in the page: ${heard.faults.join('; ')}`);
  } finally {
    await context.close();
  }
}

/** A panel by its title. */
export const panel = (page: Page, title: string): Locator => page.locator(`section[data-testid="data-testid Panel header ${title}"]`);

/** A moment in the address of a page, which Grafana writes in one way or another, in Unix milliseconds. */
export function momentOf(page: Page, name: 'from' | 'to'): number {
  const text = new URL(page.url()).searchParams.get(name) ?? '';
  return /^\d+$/.test(text) ? Number(text) : Date.parse(text);
}

/** Scrolls down to a panel, as a person does: Grafana draws those in view only, and keeps others out of the page. */
export async function scrollTo(page: Page, title: string): Promise<Locator> {
  const wanted = panel(page, title).last();
  const { width, height } = page.viewportSize()!;
  await page.mouse.move(width / 2, height - 5);
  for (let i = 0; i < 50 && !await wanted.isVisible(); i++) {
    await page.mouse.wheel(0, height / 2);
    await page.waitForTimeout(200);
  }
  await wanted.scrollIntoViewIfNeeded();
  return wanted;
}

/** How long panels may load. A busy machine with two cores takes half of it for all panels of Host. */
const SETTLED_SECONDS = 120;
/** How long a row may take to open. */
const OPENED_MILLISECONDS = 30_000;

/** The titles of the panels that some elements are in. */
const titles = (within: Locator): Promise<string[]> => within
  .evaluateAll((all) => all.map((element) => element.closest('section')?.querySelector('h2')?.textContent ?? '?'));

/** Waits until no panel loads any more. The error names the panels that still do. */
export async function settle(page: Page): Promise<void> {
  const loading = page.getByLabel('Panel loading bar');
  await page.locator('section[data-testid^="data-testid Panel header"]').first().waitFor();
  const end = Date.now() + SETTLED_SECONDS * 1000;
  for (let quiet = 0; quiet < 4; quiet = await loading.count() === 0 ? quiet + 1 : 0) {
    if (Date.now() > end) throw new Error(`after ${SETTLED_SECONDS} s these panels still load: ${(await titles(loading)).join(', ') || 'now and then, one or another'}`);
    await page.waitForTimeout(500);
  }
}

/** Opens the rows of a dashboard that are folded. The error names the row that stays folded. */
export async function openRows(page: Page): Promise<void> {
  const folded = page.getByRole('button', { name: 'Expand row' });
  for (let left = await folded.count(); left > 0; left = await folded.count()) {
    const row = await folded.first().innerText();
    await folded.first().click();
    const end = Date.now() + OPENED_MILLISECONDS;
    while (await folded.count() >= left) {
      if (Date.now() > end) throw new Error(`the row "${row}" does not open`);
      await page.waitForTimeout(100);
    }
  }
}

/** The titles of panels that Grafana marks with the badge of an error. */
export const failing = (page: Page): Promise<string[]> => titles(page.locator('[data-testid="data-testid Panel status error"]'));

/** The tree panel of a page. */
export class TreeOnPage {
  readonly grid: Locator;
  readonly rows: Locator;
  readonly toolbar: Locator;

  constructor(readonly page: Page) {
    this.grid = page.getByRole('treegrid');
    this.rows = this.grid.locator('[role=row][aria-level]');
    this.toolbar = page.getByRole('toolbar', { name: 'Tree' });
  }

  /** How many rows there are, in view or not, without the heading. */
  async count(): Promise<number> {
    return Number(await this.grid.getAttribute('aria-rowcount')) - 1;
  }

  /** The row of a process by its name. */
  row(name: string): Locator {
    return this.rows.filter({ has: this.page.locator('[role=rowheader]', { hasText: name }) }).first();
  }

  async search(text: string): Promise<void> {
    await this.page.getByRole('textbox', { name: 'Search' }).fill(text);
  }
}
