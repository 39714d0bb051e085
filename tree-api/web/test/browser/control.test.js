/** A controller acts on processes through the page, in front of the real exporter. */
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { BINARY, Exporter, family } from './exporter.js';
import { browserForFile, drawn, row } from './page.js';

const open = browserForFile();

/**
 * The page of an exporter with control, for somebody with a role.
 * @param {import('node:test').TestContext} t @param {string} role
 * @param {string} [allow] Which groups may be touched.
 * @param {string[]} [args] Further flags.
 */
async function signedIn(t, role, allow = 'zoo-.*', args = /** @type {string[]} */ ([])) {
  const directory = await mkdtemp(join(tmpdir(), 'proctree-control-'));
  t.after(() => rm(directory, { recursive: true, force: true }));
  const said = execFileSync(BINARY, ['--api.new-token=ann', `--api.role=${role}`], { encoding: 'utf8' });
  const [tokens, config] = [join(directory, 'tokens.yml'), join(directory, 'proctree.yml')];
  await writeFile(tokens, `tokens:\n${said.slice(said.indexOf('  - name'))}`);
  await writeFile(config, `control: {allow: [{group: "${allow}"}]}\n`);
  const exporter = await Exporter.start(t, ['--api.enable-control', `--api.token-file=${tokens}`, `--config.file=${config}`, ...args]);
  const page = await open(t, `${exporter.url}login`);
  await page.fill('input[name="token"]', said.match(/^proctree_\S+$/m)?.[0] ?? '');
  await page.click('button[type="submit"]');
  await drawn(page);
  return page;
}

for (const role of ['controller', 'operator']) {
  test(`act on a process as ${role}`, async (t) => {
    await family(t, { names: ['zoo-parent', 'zoo-child', 'zoo-grandchild'], argument: 'x' });
    const page = await signedIn(t, role);
    await page.click('#help');
    assert.equal(await page.getByText('Send a signal, or set the priority').count(), role === 'controller' ? 1 : 0);
    await page.keyboard.press('Escape');
    await page.fill('#search', 'zoo-parent');
    await row(page, 'zoo-parent').locator('.label').click();
    await page.waitForSelector('#drawer details');
    if (role === 'operator') {
      assert.equal(await page.isVisible('#control'), false);
      await page.keyboard.press('x');
      assert.equal(await page.locator('dialog[open]').count(), 0);
      return;
    }
    await page.click('#control');
    const dialog = page.locator('dialog.control-dialog');
    await dialog.waitFor();
    assert.match(await dialog.innerText(), /zoo-parent[^]*PID[^]*User[^]*Command line[^]*TERM/);
    assert.equal(await page.evaluate(() => document.activeElement?.textContent), 'Cancel', 'the safe choice has the focus');
    await page.keyboard.press('Enter');
    await dialog.waitFor({ state: 'hidden' });
    await page.click('#control');
    await dialog.locator('.danger').click();
    await row(page, 'zoo-parent').waitFor({ state: 'detached', timeout: 10_000 });
  });
}

/** Opens the dialog for the process with a name. @param {import('playwright-core').Page} page @param {string} name */
async function dialogFor(page, name) {
  await page.fill('#search', name);
  await row(page, name).locator('.label').click();
  await page.click('#control');
  const dialog = page.locator('dialog.control-dialog');
  await dialog.waitFor();
  return dialog;
}

/**
 * A sleeping shell, for one test: any user chooses such a name, and such arguments.
 * @param {import('node:test').TestContext} t @param {string} name @param {string[]} [args]
 */
async function sleeper(t, name, args = []) {
  const directory = await mkdtemp(join(tmpdir(), 'proctree-sleeper-'));
  await symlink('/bin/sh', join(directory, name));
  const child = spawn(join(directory, name), ['-c', 'read line; :', 'sh', ...args], { stdio: ['pipe', 'ignore', 'ignore'] });
  t.after(async () => {
    child.kill('SIGKILL');
    await rm(directory, { recursive: true, force: true });
  });
  return child;
}

test('a long command line leaves the process and the buttons of the dialog in view', async (t) => {
  const child = await sleeper(t, 'zoo-wordy', Array.from({ length: 400 }, (_, i) => `--some-argument-${i}=x y`));
  const page = await signedIn(t, 'controller');
  for (const size of [{ width: 1440, height: 900 }, { width: 360, height: 640 }]) {
    await page.setViewportSize({ width: 1440, height: 900 });
    const dialog = await dialogFor(page, 'zoo-wordy');
    await page.setViewportSize(size);
    await dialog.getByText('--some-argument-399').waitFor({ state: 'attached' });
    for (const part of [dialog.locator('h2'), dialog.locator('dd', { hasText: new RegExp(`^${child.pid}$`) }), dialog.locator('dd').nth(2),
      dialog.getByRole('button', { name: 'Cancel' }), dialog.getByRole('button', { name: 'Do it' })]) {
      // Not what is there, but what can be seen: nothing lies above it.
      assert.ok(await part.evaluate((element) => {
        const { left, right, top, bottom } = element.getBoundingClientRect();
        const hit = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
        return top >= 0 && bottom <= innerHeight && (hit === element || element.contains(hit));
      }), `${size.width}x${size.height}: ${await part.textContent()} is out of view`);
    }
    assert.ok(await dialog.evaluate((element) => element.scrollHeight <= element.clientHeight), `${size.width}x${size.height}: the dialog itself has nothing to scroll`);
    await page.keyboard.press('Escape');
  }
});

test('characters that turn or hide a text are shown as escapes, and copied as they are', async (t) => {
  const name = 'zoo-v\u202efdp.x';
  await sleeper(t, name, ['\u2066hidden\u200b', 'plain']);
  const page = await signedIn(t, 'controller');
  await page.fill('#search', 'zoo-v');
  const shown = 'zoo-v\\u202efdp.x';
  await page.locator('#table .row[id] .label', { hasText: shown }).first().click();
  await page.locator('#drawer h2', { hasText: shown }).waitFor();
  await page.locator('#drawer .command code', { hasText: '\\u2066hidden\\u200b' }).waitFor();
  await page.evaluate(() => {
    Object.defineProperty(navigator, 'clipboard', { value: { writeText: async (/** @type {string} */ text) => { document.body.dataset.copied = text; } } });
  });
  await page.locator('#drawer .command').getByRole('button', { name: 'Copy' }).click();
  await page.waitForSelector('body[data-copied]');
  assert.ok((await page.evaluate(() => document.body.dataset.copied))?.includes("'\u2066hidden\u200b' plain"), 'the copy is exact');
  await page.locator('#table .row[aria-selected="true"] .label').hover();
  await page.locator('#row-tip strong', { hasText: shown }).waitFor();
  await page.click('#control');
  await page.locator('dialog h2', { hasText: `Act on ${shown}?` }).waitFor();
  // Nowhere in the page is such a character, neither in a text nor in a tooltip.
  assert.deepEqual(await page.evaluate(() => {
    const found = [];
    const hidden = /[\u202a-\u202e\u2066-\u2069\u200b-\u200f\ufeff]/;
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      if (node instanceof Text && hidden.test(node.data)) found.push(node.data);
      if (node instanceof Element) for (const key of ['title', 'aria-label']) if (hidden.test(node.getAttribute(key) ?? '')) found.push(`${key} ${node.getAttribute(key)}`);
    }
    return found;
  }), []);
});

test('the dialog says what is wrong with a nice value', async (t) => {
  await sleeper(t, 'zoo-nice');
  const page = await signedIn(t, 'controller');
  const dialog = await dialogFor(page, 'zoo-nice');
  await dialog.locator('#control-action').selectOption('nice');
  for (const [value, says] of /** @type {[string, RegExp][]} */ ([
    ['99', /^The nice value 99 is not possible: set a whole number from -20 to 19\.$/], ['1.5', /1\.5 is not possible/], ['', /^This is not a number: set/], ['10', /^Process [0-9]+ gets the nice value 10\.$/],
  ])) {
    await dialog.locator('#control-nice').fill(value);
    assert.match(await dialog.locator('.warn').innerText(), says);
    assert.equal(await dialog.locator('.danger').isDisabled(), value !== '10');
  }
});

/** Waits until the exporter sees so many children of a process. @param {import('playwright-core').Page} page @param {number} pid @param {number} count */
async function childrenOf(page, pid, count) {
  for (let deadline = Date.now() + 15_000; ;) {
    const seen = await page.evaluate(async (query) => (await (await fetch(`api/v1/processes?q=${query}`)).json()).data.matched, `ppid=${pid}`);
    if (seen === count) return;
    assert.ok(Date.now() < deadline, `process ${pid} has ${seen} children, want ${count}`);
    await page.waitForTimeout(200);
  }
}

/** A process that ignores TERM, for one test. @param {import('node:test').TestContext} t @param {string} name */
async function stubborn(t, name) {
  const directory = await mkdtemp(join(tmpdir(), 'proctree-stubborn-'));
  await symlink('/bin/sh', join(directory, name));
  const child = spawn(join(directory, name), ['-c', 'trap "" TERM; while :; do sleep 1; done'], { stdio: 'ignore' });
  t.after(async () => {
    child.kill('SIGKILL');
    await rm(directory, { recursive: true, force: true });
  });
  return child;
}

test('what does not end is marked, and KILL is offered', async (t) => {
  const child = await stubborn(t, 'zoo-stubborn');
  const page = await signedIn(t, 'controller');
  const dialog = await dialogFor(page, 'zoo-stubborn');
  await dialog.locator('.danger').click();
  const ending = page.locator('#table .row.ending[id]', { hasText: 'zoo-stubborn' });
  await ending.waitFor();
  assert.match(await ending.locator('.label').evaluate((label) => getComputedStyle(label, '::after').content), /ending…/);
  await dialog.waitFor({ timeout: 20_000 });
  assert.match(await dialog.innerText(), /zoo-stubborn has not ended. Use KILL\?/);
  assert.equal(await dialog.locator('#control-action').inputValue(), 'KILL');
  assert.equal(await page.evaluate(() => document.activeElement?.textContent), 'Cancel', 'the safe choice has the focus');
  assert.equal(await ending.count(), 1, 'the row is marked until the process is gone');
  assert.equal(child.exitCode ?? child.signalCode, null, 'nothing was killed without being told');
  await dialog.locator('.danger').click();
  await row(page, 'zoo-stubborn').waitFor({ state: 'detached', timeout: 20_000 });
  assert.equal(child.signalCode, 'SIGKILL');
});

test('KILL is not offered before what is being asked is answered', async (t) => {
  await stubborn(t, 'zoo-mule');
  await stubborn(t, 'zoo-donkey');
  const page = await signedIn(t, 'controller');
  await (await dialogFor(page, 'zoo-mule')).locator('.danger').click();
  await page.locator('dialog[open]').waitFor({ state: 'detached' });
  const dialog = await dialogFor(page, 'zoo-donkey');
  // The time of the offer is the page's own; what is asked stays.
  await page.waitForTimeout(11_000);
  assert.match(await dialog.innerText(), /Act on zoo-donkey\?/);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'zoo-mule has not ended. Use KILL?' }).waitFor();
});

test('descendants are listed, and none is touched if one may not be', async (t) => {
  const top = await family(t, { names: ['zoo-parent', 'zoo-child', 'zoo-grandchild'], argument: 'x' });
  const page = await signedIn(t, 'controller');
  const dialog = await dialogFor(page, 'zoo-parent');
  const below = dialog.locator('.control-below');
  const listed = await below.locator('li').allInnerTexts();
  assert.deepEqual(listed.map((line) => line.replace(/^[0-9]+ /, '')).sort(), ['sleep', 'sleep', 'zoo-child', 'zoo-grandchild', 'zoo-grandchild']);
  assert.match(await below.locator('label').innerText(), /Also its 5 descendants$/);
  assert.equal(await dialog.locator('#control-descendants').isChecked(), false, 'the least is chosen first');
  assert.match(await dialog.locator('.warn').innerText(), /^Process [0-9]+ gets TERM/);
  await dialog.locator('#control-descendants').check();
  assert.ok((await dialog.locator('.warn').innerText()).startsWith(`6 processes (${top.pid} and the descendants in the list) get TERM`));
  await dialog.locator('.danger').click();
  await page.getByRole('heading', { name: 'Nothing was done' }).waitFor();
  assert.match(await dialog.innerText(), /control.allow: process [0-9]+ may not be touched/);
  assert.equal(top.exitCode ?? top.signalCode, null);
});

test('a process is ended with its descendants, but none that nobody saw', async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'proctree-reader-'));
  await symlink('/bin/sh', join(directory, 'zoo-reader'));
  const script = 'sleep 600 & read line; sleep 600 & wait';
  const top = spawn(join(directory, 'zoo-reader'), ['-c', script], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  t.after(async () => {
    process.kill(-(/** @type {number} */ (top.pid)), 'SIGKILL');
    await rm(directory, { recursive: true, force: true });
  });
  const page = await signedIn(t, 'controller', 'zoo-.*|sleep');
  const dialog = await dialogFor(page, 'zoo-reader');
  assert.match(await dialog.locator('.control-below').innerText(), /Also its descendant\s+[0-9]+ sleep/);
  await dialog.locator('#control-descendants').check();
  top.stdin.write('one more\n');
  await childrenOf(page, /** @type {number} */ (top.pid), 2);
  await dialog.locator('.danger').click();
  await page.getByRole('heading', { name: 'Done for 2 of 3 processes' }).waitFor();
  assert.match(await dialog.innerText(), /not touched:\s+[0-9]+: it was not in the list/);
  await page.keyboard.press('Enter');
  await row(page, 'zoo-reader').waitFor({ state: 'detached' });
  assert.equal(top.signalCode, 'SIGTERM');
});

test('a page that frames this one offers no action, though a controller is signed in', async (t) => {
  const frames = createServer((request, response) => {
    response.setHeader('content-type', 'text/html');
    response.end(`<iframe width="1400" height="850" src="${decodeURIComponent(request.url?.slice(2) ?? '')}"></iframe>`);
  });
  await new Promise((resolve) => { frames.listen(0, '127.0.0.1', () => resolve(undefined)); });
  t.after(() => frames.close());
  const { port } = /** @type {import('node:net').AddressInfo} */ (frames.address());
  const page = await signedIn(t, 'controller', 'zoo-.*', [`--api.allowed-origin=http://127.0.0.1:${port}`]);
  await page.locator('#table .row[id] .label').first().click();
  await page.waitForSelector('#control:visible');
  // Of another port, and yet of the same site: the browser sends the cookie.
  await page.goto(`http://127.0.0.1:${port}/?${encodeURIComponent(page.url())}`);
  const framed = page.frameLocator('iframe');
  await framed.locator('#table .row[id] .label').first().click();
  await framed.locator('#drawer details').first().waitFor();
  assert.equal(await framed.locator('#control').isVisible(), false);
  await page.keyboard.press('x');
  assert.equal(await framed.locator('dialog[open]').count(), 0);
});
