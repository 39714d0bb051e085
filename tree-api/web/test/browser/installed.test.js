/** The page on a home screen: what it keeps, what it shows without the exporter, and when that is gone. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Exporter, family, tokenFile } from './exporter.js';
import { browserForFile, drawn, fakeServer } from './page.js';

/** @import { Page } from 'playwright-core' */

const open = browserForFile();

/** What the browser keeps of the host, as text; "" for nothing. @param {Page} page @returns {Promise<string>} */
const kept = (page) => page.evaluate(async () => {
  const answer = await (await caches.has('proctree-state') ? (await caches.open('proctree-state')).match('kept-state') : undefined);
  return answer?.text() ?? '';
});

/** Waits until the last state is kept, or gone, and returns it. @param {Page} page @param {boolean} there */
async function keptSoon(page, there) {
  for (let tries = 0; tries < 150; tries++) {
    const state = await kept(page);
    if ((state !== '') === there) return state;
    await page.waitForTimeout(100);
  }
  return assert.fail(there ? 'no state is kept' : 'the state is still kept');
}

/** @param {Page} page @param {string} url @param {string} secret */
async function signIn(page, url, secret) {
  await page.goto(`${url}login`);
  await page.fill('input[name="token"]', secret);
  await page.click('button[type="submit"]');
  await drawn(page);
  await page.goto(`${url}?app#interval=1`);
  await drawn(page);
  await page.evaluate(() => navigator.serviceWorker.ready);
}

test('an installed page shows its last state where the exporter is away, and forgets it with the session', async (t) => {
  const { file, secrets } = await tokenFile(t);
  await family(t, { names: ['off-parent', 'off-<b>child', 'off-third'], argument: 'operators-only' });
  const exporter = await Exporter.start(t, [`--api.token-file=${file}`]);
  const page = await open(t, exporter.url);
  await signIn(page, exporter.url, secrets.operator);
  const state = await keptSoon(page, true);
  assert.match(state, /"host":".+"processes":\[\{"name":/);
  for (const secret of ['operators-only', '"cmdline":', '"exe":', secrets.operator]) assert.ok(!state.includes(secret), `${secret} is kept`);

  await exporter.stop();
  await page.goto(`${exporter.url}?app`);
  await page.waitForSelector('.offline .problem:has-text("The exporter cannot be reached. Below is the state of")');
  assert.ok(await page.locator('.offline tbody tr').count() > 3);
  assert.equal(await page.locator('.offline b').count(), 0, 'a name is no markup');
  assert.equal(await page.evaluate(() => getComputedStyle(/** @type {Element} */ (document.querySelector('.offline td'))).textAlign), 'left', 'its style sheet is there');

  await exporter.start();
  await page.click('text=Try again');
  await page.waitForSelector('text=Sign in');
  await keptSoon(page, false);

  await signIn(page, exporter.url, secrets.viewer);
  await keptSoon(page, true);
  await page.click('#logout button');
  await page.waitForSelector('input[name="token"]');
  assert.equal(await kept(page), '');
  await exporter.stop();
  await page.goto(`${exporter.url}?app`);
  await page.waitForSelector('.offline:has-text("This browser has kept no state of it.")');
});

test('a page that is not installed keeps nothing', async (t) => {
  const { url } = await fakeServer(t);
  const page = await open(t, url);
  await drawn(page);
  await page.waitForTimeout(1500);
  assert.deepEqual(await page.evaluate(async () => [(await navigator.serviceWorker.getRegistrations()).length, await caches.keys()]), [0, []]);
});

test('the browser accepts the manifest', async (t) => {
  const { url } = await fakeServer(t);
  const page = await open(t, url);
  await drawn(page);
  const session = await page.context().newCDPSession(page);
  const { errors, data, url: address } = await session.send('Page.getAppManifest');
  assert.deepEqual(errors, []);
  const { display, icons, start_url: start } = JSON.parse(/** @type {string} */ (data));
  assert.deepEqual([display, start], ['standalone', './?app']);
  for (const { src } of icons) assert.equal((await page.request.get(new URL(src, address).href)).status(), 200, src);
  const { installabilityErrors } = await session.send('Page.getInstallabilityErrors');
  assert.deepEqual(installabilityErrors.map(({ errorId }) => errorId).filter((id) => id !== 'in-incognito'), []);
});
