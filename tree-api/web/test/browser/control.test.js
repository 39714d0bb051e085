/** A controller acts on processes through the page, in front of the real exporter. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { BINARY, Exporter, family } from './exporter.js';
import { browserForFile, drawn, row } from './page.js';

const open = browserForFile();

for (const role of ['controller', 'operator']) {
  test(`act on a process as ${role}`, async (t) => {
    await family(t, { names: ['zoo-parent', 'zoo-child', 'zoo-grandchild'], argument: 'x' });
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
