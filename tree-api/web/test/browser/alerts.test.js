/** The alerts that a person sets on the page: what it says itself, and what the browser says for it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { browserForFile, drawn, fakeServer } from './page.js';

const open = browserForFile();

test('an alert tells of a crossing on the page, and asks for nothing before', async (t) => {
  const { server, url } = await fakeServer(t);
  const page = await open(t, url);
  await drawn(page);
  assert.equal(await page.locator('.toast').count(), 0);
  await page.click('#alerts');
  await page.fill('#alerts-menu input[name="processMemory"]', '1');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Escape');
  server.step();
  server.step();
  await page.waitForSelector('.toast:has-text("values exceeded their limits")');
  await page.click('.toast >> text=Show');
  await page.waitForSelector('#drawer:not([hidden])');
  await page.reload();
  await drawn(page);
  await page.waitForSelector('#alerts.active');
});

test('an alert is also a notification of the browser where the person allowed it', async (t) => {
  const { server, url } = await fakeServer(t);
  const page = await open(t, `${url}&q=postgres`, { permissions: ['notifications'] });
  await drawn(page);
  await page.evaluate(() => {
    const shown = /** @type {string[]} */ ([]);
    const Real = window.Notification;
    Object.assign(window, { shown, Notification: class extends Real {
      /** @param {string} title @param {NotificationOptions} options */
      constructor(title, options) {
        super(title, options);
        shown.push(`${title}: ${options.body}`);
      }
    } });
  });
  await page.click('#alerts');
  await page.waitForSelector('#alerts-menu:has-text("and as notifications")');
  await page.fill('#alerts-menu input[name="hostMemory"]', '1');
  await page.keyboard.press('Tab');
  server.step();
  server.step();
  await page.waitForSelector('.toast:has-text("this host: memory at")');
  const shown = await page.evaluate(() => /** @type {any} */ (window).shown);
  assert.match(shown.join(), /^db-eu-3 · proctree: this host: memory at \d/);
});

/**
 * Runs in the page before all else: a browser that has not yet been asked whether it may notify.
 * @param {NotificationPermission} answer What the person will say.
 */
function unaskedBrowser(answer) {
  const asked = { times: 0, shown: /** @type {EventTarget[]} */ ([]) };
  class Unasked extends EventTarget {
    /** @type {NotificationPermission} */
    static permission = 'default';

    static async requestPermission() {
      asked.times++;
      return (Unasked.permission = answer);
    }

    /** @param {string} title @param {NotificationOptions} options */
    constructor(title, options) {
      super();
      Object.assign(this, { title, options });
      asked.shown.push(this);
    }
  }
  Object.assign(window, { Notification: Unasked, asked });
}

for (const answer of /** @type {const} */ (['granted', 'denied'])) {
  test(`nobody is asked for notifications before he asks for them; the answer is ${answer}`, async (t) => {
    const { server, url } = await fakeServer(t);
    const page = await open(t, 'about:blank');
    await page.addInitScript(unaskedBrowser, answer);
    await page.goto(url);
    await drawn(page);
    const asked = () => page.evaluate(() => /** @type {any} */ (window).asked.times);
    const shown = () => page.evaluate(() => /** @type {any} */ (window).asked.shown.map((/** @type {any} */ n) => n.options.body));
    await page.click('#alerts');
    // One process of the made-up host holds more than that; nobody crosses it before.
    const most = Math.max(...[...server.host.processes.values()].map((p) => p.memory.resident_bytes));
    const [{ id, name }] = [...server.host.processes.values()].filter((p) => p.memory.resident_bytes === most);
    await page.fill('#alerts-menu input[name="processMemory"]', String(Math.floor(most / 2 ** 20)));
    await page.keyboard.press('Tab');
    const tell = (/** @type {number} */ seq, /** @type {number} */ bytes) => server.send({ type: 'diff', seq, time: server.host.now + seq, changed: [{ id, memory: { resident_bytes: bytes } }] });
    tell(2, most);
    tell(3, most);
    await page.waitForSelector('.toast');
    assert.deepEqual([await asked(), await shown()], [0, []], 'told on the page alone');

    await page.click('#alerts-menu >> text=Also notify me');
    await page.waitForSelector(`#alerts-menu:has-text("${answer === 'granted' ? 'and as notifications' : 'blocks notifications'}")`);
    assert.equal(await asked(), 1);
    await page.keyboard.press('Escape');
    await page.click('.toast >> text=Dismiss');
    tell(4, 0);
    tell(5, most);
    tell(6, most);
    await page.waitForSelector('.toast');
    if (answer === 'denied') {
      assert.deepEqual(await shown(), []);
      return;
    }
    assert.match((await shown()).join(), new RegExp(`^${name} \\(PID \\d+\\): \\d`));
    await page.evaluate(() => /** @type {any} */ (window).asked.shown[0].dispatchEvent(new Event('click')));
    await page.waitForSelector(`#drawer:not([hidden]) h2:text-is("${name}")`);
  });
}

test('the alerts of Prometheus stand beside the limits of this browser', async (t) => {
  const { server, url } = await fakeServer(t);
  const now = server.host.now;
  server.links = { alerts: 'api/v1/alerts' };
  server.alerts = { host: 'db-eu-3', time: now, total: 3, alerts: [
    { name: 'ProctreeGroupLeaks', severity: 'critical', since: now - 720, labels: { instance: 'db-eu-3:10056', job: 'proctree', group: 'postgres' } },
    { name: '<img src=x onerror=alert(1)>', severity: 'odd', labels: { mount: '/srv' } },
  ] };
  const page = await open(t, url);
  await drawn(page);
  await page.waitForSelector('#alerts .firing-count:text-is("3")');
  assert.equal(await page.getAttribute('#alerts', 'aria-label'), 'Alerts: 3 firing');
  await page.click('#alerts');
  await page.waitForSelector('.firing li');
  const [first, second] = await page.locator('.firing li').allInnerTexts();
  assert.match(first, /^ProctreeGroupLeaks\s+critical · for 12m 0s\s+group postgres$/);
  assert.match(second, /^<img src=x onerror=alert\(1\)>\s+odd · mount: \/srv$/);
  assert.match(await page.innerText('#alerts-menu'), /Firing in Prometheus[^]*and 1 more[^]*Limits of this browser/);
  await page.click('.firing >> text=group postgres');
  await page.waitForFunction(() => /^\d+ of /.test(document.querySelector('#count')?.textContent ?? ''));
  await page.waitForFunction(() => /group=postgres/.test(location.hash));

  server.alerts = { host: 'db-eu-3', time: now, total: 0, alerts: [] };
  await page.click('#alerts');
  await page.waitForSelector('.firing:has-text("No alert of this host is firing.")');
  assert.equal(await page.isVisible('#alerts .firing-count'), false);
  await page.keyboard.press('Escape');
  server.alerts = undefined;
  await page.click('#alerts');
  await page.waitForSelector('.firing:has-text("Not known: Prometheus cannot be reached")');
});

test('without a Prometheus the page does not speak of it', async (t) => {
  const { url } = await fakeServer(t);
  const page = await open(t, url);
  await drawn(page);
  await page.click('#alerts');
  await page.waitForSelector('#alerts-menu:has-text("Limits of this browser")');
  assert.equal(await page.isVisible('.firing'), false);
});
