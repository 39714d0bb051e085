import assert from 'node:assert/strict';
import { readFile, readdir } from 'node:fs/promises';
import { test } from 'node:test';

const web = new URL('../../', import.meta.url);
const html = await readFile(new URL('index.html', web), 'utf8');
const named = [...html.matchAll(/<link rel="modulepreload" fetchpriority="(?:high|low)" href="([^"]+)">/g)].map((match) => match[1]);

/**
 * A module and all that it imports.
 * @param {string} name Relative to the page.
 * @param {Set<string>} [found]
 */
async function withImports(name, found = new Set()) {
  if (found.has(name)) return found;
  found.add(name);
  for (const path of await importsOf(name)) await withImports(path, found);
  return found;
}

/** @param {string} name */
async function importsOf(name) {
  const text = await readFile(new URL(name, web), 'utf8');
  return [...text.matchAll(/^import [^;]*?'(\.[^']+)';$/gm)].map(([, path]) => new URL(path, new URL(name, web)).href.slice(web.href.length));
}

test('the page names all its modules at once, so that none waits for another to be read', async () => {
  assert.deepEqual(new Set([...named, 'start.js']), await withImports('app.js'));
});

for (const root of ['stream-worker.js', 'stream-table.js']) {
  test(`${root} names all that it needs at once, for the same reason`, async () => {
    assert.deepEqual(new Set([...await importsOf(root), root]), await withImports(root));
  });
}

test('no module is left that nobody imports', async () => {
  const modules = [
    ...await readdir(web),
    ...(await readdir(new URL('model/', web))).map((name) => `model/${name}`),
  ].filter((name) => name.endsWith('.js'));
  const imported = new Set();
  for (const root of ['app.js', 'past.js', 'stream-worker.js', 'stream-table.js', 'service-worker.js']) await withImports(root, imported);
  assert.deepEqual(imported, new Set(modules));
});

test('what starts the stream comes first and is little: its first message is on its way while the rest comes', async () => {
  const needed = await withImports('start.js');
  assert.ok(needed.size <= 2, `start.js needs ${[...needed]}`);
  assert.match(html.slice(0, html.indexOf('<link rel="modulepreload"')), /src="start\.js"/);
  const urgent = [...html.matchAll(/fetchpriority="high" (?:href|src)="([^"]+)"/g)].map((match) => match[1]);
  assert.deepEqual(new Set(urgent), needed);
});
