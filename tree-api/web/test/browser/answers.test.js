/** The answers that a person takes away from the page, and the tasks of a day. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { browserForFile, drawn, fakeServer, row } from './page.js';

/** @import { Page } from 'playwright-core' */

const open = browserForFile();

/** Saves what the table shows. @param {Page} page @param {'CSV'|'JSON'} format */
async function save(page, format) {
  await page.click('#export');
  const [download] = await Promise.all([page.waitForEvent('download'), page.click(`#export-menu button:text-is("${format}")`)]);
  return { name: download.suggestedFilename(), text: await readFile(await download.path(), 'utf8') };
}

test('what the table shows is saved as CSV and JSON, and a name is never a formula', async (t) => {
  const { server, url } = await fakeServer(t);
  const pid = Math.max(...server.host.processes.keys());
  Object.assign(server.host.processes.get(pid), { name: '=HYPERLINK("http://x","y")', user: 'a,b', cmdline: ['-bash'] });
  const page = await open(t, `${url}&view=list&sort=pid:asc&columns=pid,user,cpu,memory,cmdline`);
  await drawn(page);
  const csv = await save(page, 'CSV');
  const host = (await page.innerText('#host-name')).trim();
  assert.match(csv.name, new RegExp(`^processes-${host}-20260921T\\d{6}Z\\.csv$`));
  const lines = csv.text.split('\r\n');
  assert.equal(lines[0], 'name,pid,user,cpu,memory,cmdline');
  assert.equal(lines.length, server.host.processes.size + 2, 'a line for each process, the heading, and the end of the last line');
  const { memory: { resident_bytes: memory }, cpu: { cores = '' } } = server.host.processes.get(pid);
  assert.equal(lines.at(-2), `"'=HYPERLINK(""http://x"",""y"")",${pid},"a,b",${cores},${memory},'-bash`);

  const json = await save(page, 'JSON');
  assert.match(json.name, /\.json$/);
  const { processes, ...head } = JSON.parse(json.text);
  assert.deepEqual(head, { host, time: server.host.now, layout: 'list' });
  assert.equal(processes.at(-1).name, '=HYPERLINK("http://x","y")');
  assert.equal(processes.at(-1).memory, memory);
});

test('a search and folded rows are exported as they are shown', async (t) => {
  const { url } = await fakeServer(t);
  const page = await open(t, `${url}&q=postgres`);
  await drawn(page);
  const { search, layout, processes } = JSON.parse((await save(page, 'JSON')).text);
  assert.equal(search, 'postgres');
  assert.equal(layout, 'tree');
  assert.ok(processes[0].context && processes[0].depth === 0, 'the ancestor of the matches comes first');
  assert.ok(processes.filter((/** @type {any} */ p) => !p.context).every((/** @type {any} */ p) => p.name === 'postgres'));
  await row(page, 'systemd').locator('.twist').click();
  await page.waitForSelector('.row[aria-expanded="false"] .label:text-is("systemd")');
  const folded = JSON.parse((await save(page, 'JSON')).text).processes;
  assert.equal(folded.length, 1);
  assert.ok(folded[0].processes > processes.length, 'a folded row says how many processes it stands for');
});

test('what a viewer does not get is not exported', async (t) => {
  const { server, url } = await fakeServer(t);
  server.role = 'viewer';
  const page = await open(t, url);
  await drawn(page);
  assert.doesNotMatch((await save(page, 'CSV')).text.split('\r\n')[0], /cmdline|exe/);
});

for (const [os, command] of [['linux', 'kill -TERM'], ['windows', 'taskkill /PID']]) {
  test(`the command that ends a process is copied, on ${os}`, async (t) => {
    const { server, url } = await fakeServer(t);
    const facts = server.host.hostFacts();
    server.host.hostFacts = () => ({ ...facts, os });
    const page = await open(t, url, { permissions: ['clipboard-read', 'clipboard-write'] });
    await drawn(page);
    await row(page, 'postgres').locator('.label').click();
    const pid = Number((await page.innerText('.drawer-title p')).match(/PID (\d+)/)?.[1]);
    await page.click(`#drawer button:text-is("Copy ${command} ${pid}")`);
    await page.waitForSelector('#drawer button:text-is("Copied")');
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), `${command} ${pid}`);
    server.send({ type: 'diff', seq: 2, time: server.host.now + 1, removed: [server.host.processes.get(pid).id] });
    await page.waitForSelector('#drawer.ended');
    assert.equal(await page.locator('.process-tools button').count(), 0, 'the PID can belong to another process now');
  });
}

test('the drawer leads to the history of the process in Grafana', async (t) => {
  const { server, url } = await fakeServer(t);
  server.links = { grafana: 'https://grafana.example/d/h?var-instance={host}:10056&var-group={group}&var-pid={pid}&from={from}&to={to}' };
  const page = await open(t, url);
  await drawn(page);
  assert.equal(await page.getAttribute('#grafana:not([hidden])', 'href'), 'https://grafana.example/d/h?var-instance=db-eu-3:10056&from=now-6h&to=now');
  await row(page, 'postgres').locator('.label').click();
  const pid = Number((await page.innerText('.drawer-title p')).match(/PID (\d+)/)?.[1]);
  const link = page.locator('#drawer a:text-is("History in Grafana")');
  const { searchParams } = new URL(/** @type {string} */ (await link.getAttribute('href')));
  assert.deepEqual([searchParams.get('var-group'), searchParams.get('var-pid')], ['postgres', String(pid)]);
  server.send({ type: 'diff', seq: 2, time: server.host.now + 1, removed: [server.host.processes.get(pid).id] });
  await page.waitForSelector('#drawer.ended');
  assert.equal(await link.count(), 1, 'what a process did can be read after its end');
});
