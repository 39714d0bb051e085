import assert from 'node:assert/strict';
import { readFile, readdir } from 'node:fs/promises';
import { test } from 'node:test';

const web = new URL('../../', import.meta.url);

test('the page names all its modules at once, so that none waits for another to be read', async () => {
  const html = await readFile(new URL('index.html', web), 'utf8');
  const named = [...html.matchAll(/<link rel="modulepreload" href="([^"]+)">/g)].map((match) => match[1]);
  const modules = [
    ...await readdir(web),
    ...(await readdir(new URL('model/', web))).map((name) => `model/${name}`),
  ].filter((name) => name.endsWith('.js'));
  assert.deepEqual(named.toSorted(), modules.toSorted());
});
