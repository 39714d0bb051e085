/**
 * Builds a plugin: node build.mjs FOLDER. src/module.ts becomes dist/module.js, and what
 * Grafana shows of a plugin (plugin.json, pictures, texts) is put beside it.
 */
import { execFileSync } from 'node:child_process';
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { wrapAsAMD } from './amd.mjs';
import { EXTERNALS } from './externals.mjs';

/** @param {string} folder The plugin's. */
async function bundle(folder) {
  const result = await build({
    entryPoints: [join(folder, 'src/module.ts')],
    bundle: true,
    write: false,
    metafile: true,
    format: 'cjs',
    target: 'es2022',
    minify: true,
    // Grafana 12 has React 18 and 13 has 19: this transform is the one that both know.
    jsx: 'transform',
    define: { 'process.env.NODE_ENV': '"production"' },
    external: EXTERNALS,
    logLevel: 'warning',
  });
  const [output] = Object.values(result.metafile.outputs);
  const dependencies = [...new Set(output.imports.filter((i) => i.external).map((i) => i.path))].sort();
  return wrapAsAMD(result.outputFiles[0].text, dependencies);
}

/** @param {string} folder */
async function pluginJSON(folder) {
  const { version } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  const text = await readFile(join(folder, 'src/plugin.json'), 'utf8');
  return text.replaceAll('%VERSION%', version).replaceAll('%TODAY%', dateOf(folder));
}

/**
 * When the plugin was changed last, as Grafana's catalogue wants it (2026-11-28): two builds of
 * the same commit are the same. Without a history it is today.
 * @param {string} folder
 */
function dateOf(folder) {
  try {
    const date = execFileSync('git', ['log', '-1', '--format=%cs', '--', folder], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
    if (date) return date;
  } catch {
    // Not a checkout, or no git.
  }
  return new Date().toISOString().slice(0, 10);
}

const folder = resolve(process.argv[2] ?? '.');
const dist = join(folder, 'dist');
// A backend that was built before stays.
await rm(join(dist, 'module.js'), { force: true });
await mkdir(dist, { recursive: true });
await writeFile(join(dist, 'module.js'), await bundle(folder));
await writeFile(join(dist, 'plugin.json'), await pluginJSON(folder));
await cp(join(folder, 'src/img'), join(dist, 'img'), { recursive: true });
for (const name of ['README.md', 'CHANGELOG.md']) await cp(join(folder, name), join(dist, name));
await cp(join(folder, '../../LICENSE'), join(dist, 'LICENSE'));
