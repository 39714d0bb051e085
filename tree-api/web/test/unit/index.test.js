import assert from 'node:assert/strict';
import { readFile, readdir } from 'node:fs/promises';
import { test } from 'node:test';

const web = new URL('../../', import.meta.url);
const html = await readFile(new URL('index.html', web), 'utf8');
const named = [...html.matchAll(/<link rel="modulepreload" href="([^"]+)">/g)].map((match) => match[1]);

/**
 * A module and all that it imports.
 * @param {string} name Relative to the page.
 * @param {Set<string>} [found]
 */
async function withImports(name, found = new Set()) {
  if (found.has(name)) return found;
  found.add(name);
  const text = await readFile(new URL(name, web), 'utf8');
  for (const [, path] of text.matchAll(/^import [^;]* from '(\.[^']+)';$/gm)) {
    await withImports(new URL(path, new URL(name, web)).href.slice(web.href.length), found);
  }
  return found;
}

test('the page names all its modules at once, so that none waits for another to be read', async () => {
  const modules = [
    ...await readdir(web),
    ...(await readdir(new URL('model/', web))).map((name) => `model/${name}`),
  ].filter((name) => name.endsWith('.js'));
  assert.deepEqual([...named, 'start.js'].toSorted(), modules.toSorted());
  assert.deepEqual(await withImports('app.js'), new Set(modules), 'a module that nobody imports');
});

test('what the stream needs comes first: its first message is made while the rest is on its way', async () => {
  const needed = await withImports('start.js');
  assert.match(html.slice(0, html.indexOf('<link rel="modulepreload"')), /src="start\.js"/);
  assert.deepEqual(new Set(['start.js', ...named.slice(0, needed.size - 1)]), needed);
});
