/** A controller acts on processes through the page, in front of the real exporter. */
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { BINARY, Exporter, family } from './exporter.js';
import { browserForFile, drawn, row } from './page.js';

const open = browserForFile();

/**
 * The page of an exporter with control, for somebody with a role.
 * @param {import('node:test').TestContext} t @param {string} role
 */
async function signedIn(t, role) {
  const directory = await mkdtemp(join(tmpdir(), 'proctree-control-'));
  t.after(() => rm(directory, { recursive: true, force: true }));
  const said = execFileSync(BINARY, ['--api.new-token=ann', `--api.role=${role}`], { encoding: 'utf8' });
  const [tokens, config] = [join(directory, 'tokens.yml'), join(directory, 'proctree.yml')];
  await writeFile(tokens, `tokens:\n${said.slice(said.indexOf('  - name'))}`);
  await writeFile(config, 'control: {allow: [{group: "zoo-.*"}]}\n');
  const exporter = await Exporter.start(t, ['--api.enable-control', `--api.token-file=${tokens}`, `--config.file=${config}`]);
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

test('what does not end is marked, and KILL is offered', async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'proctree-stubborn-'));
  const stubborn = join(directory, 'zoo-stubborn');
  await symlink('/bin/sh', stubborn);
  const child = spawn(stubborn, ['-c', 'trap "" TERM; while :; do sleep 1; done'], { stdio: 'ignore' });
  t.after(async () => {
    child.kill('SIGKILL');
    await rm(directory, { recursive: true, force: true });
  });
  const page = await signedIn(t, 'controller');
  await page.fill('#search', 'zoo-stubborn');
  await row(page, 'zoo-stubborn').locator('.label').click();
  await page.click('#control');
  const dialog = page.locator('dialog.control-dialog');
  await dialog.locator('.danger').click();
  const ending = page.locator('#table .row.ending[id]', { hasText: 'zoo-stubborn' });
  await ending.waitFor();
  assert.match(await ending.locator('.label').evaluate((label) => getComputedStyle(label, '::after').content), /ending…/);
  await dialog.waitFor({ timeout: 20_000 });
  assert.equal(await dialog.locator('#control-action').inputValue(), 'KILL');
  assert.equal(await page.evaluate(() => document.activeElement?.textContent), 'Cancel', 'the safe choice has the focus');
  assert.equal(child.exitCode ?? child.signalCode, null, 'nothing was killed without being told');
  await dialog.locator('.danger').click();
  await row(page, 'zoo-stubborn').waitFor({ state: 'detached', timeout: 20_000 });
  assert.equal(child.signalCode, 'SIGKILL');
});
