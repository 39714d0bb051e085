/**
 * Runs TypeScript in node: node run.mjs [--test] [--expose-gc] FILE... The files are bundled
 * first, as the ES modules of @grafana/data are made for bundlers and do not load in node.
 * Tests in folders named "browser" are left out, with a word, where there is no Chromium.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));
const flags = process.argv.slice(2).filter((a) => a.startsWith('--'));
const testing = flags.includes('--test');
const named = process.argv.slice(2).filter((a) => !a.startsWith('--')).map((f) => resolve(f));
const noBrowser = testing && !existsSync(process.env.PROCTREE_CHROMIUM || '/usr/bin/chromium');
const files = named.filter((f) => !(noBrowser && f.includes('/browser/')));
if (files.length < named.length) console.log(`NOT TESTED: ${basename(process.cwd())} in a browser, for there is no Chromium`);
const folder = join(here, '../.cache/run', createHash('sha256').update(files.join('\n')).digest('hex').slice(0, 8));

/** What is here finds its files by its own place, and so stays where it is. */
const ownPlace = {
  name: 'own-place',
  /** @param {import('esbuild').PluginBuild} build */
  setup(build) {
    build.onResolve({ filter: /\/plugin-tools\/.*\.mjs$/ }, ({ path, resolveDir }) => ({ path: resolve(resolveDir, path), external: true }));
  },
};

await rm(folder, { recursive: true, force: true });
const { metafile } = await build({
  entryPoints: files,
  outdir: folder,
  outbase: process.cwd(),
  outExtension: { '.js': '.mjs' },
  bundle: true,
  metafile: true,
  platform: 'node',
  mainFields: ['module', 'main'],
  format: 'esm',
  target: 'node20',
  jsx: 'transform',
  sourcemap: 'inline',
  // What the code editor of @grafana/ui brings along is of no use in node.
  external: ['playwright-core', 'axe-core', 'monaco-editor', '@monaco-editor/react', 'ol', 'ol/*'],
  loader: { '.ttf': 'empty', '.css': 'empty' },
  banner: {
    js: `import { createRequire as makeRequire } from 'node:module'; const require = makeRequire(import.meta.url);
      // Node 20 has none; @grafana/data asks it for the language.
      globalThis.navigator ??= { language: 'en', languages: ['en'], userAgent: '' };`,
  },
  plugins: [ownPlace],
  logLevel: 'error',
});
const built = Object.keys(metafile.outputs).filter((path) => path.endsWith('.mjs'));
const reporter = testing ? [`--test-reporter=${join(here, '../../.ci/node-reporter.mjs')}`] : [];
const child = spawn(process.execPath, ['--enable-source-maps', ...flags, ...reporter, ...built], { stdio: 'inherit' });
child.on('exit', (code) => { process.exitCode = code ?? 1; });
