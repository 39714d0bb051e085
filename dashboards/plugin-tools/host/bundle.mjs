/**
 * Builds the page that stands for Grafana, once for each Grafana that is supported: the
 * libraries of 12.3 with React 18, and those of 13.2 with React 19.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, readdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));
const dashboards = join(here, '../..');
const require = createRequire(import.meta.url);

/** @typedef {'12.3' | '13.2'} Grafana */

/** What the names of packages mean in Grafana 13, by the names that package.json gives them. */
const IN_13 = { react: 'react-19', 'react-dom': 'react-dom-19', '@grafana/ui': '@grafana/ui-13', '@grafana/data': '@grafana/data-13' };

/** Resolves the packages of Grafana 13, also where another package asks for them. */
const grafana13 = {
  name: 'grafana-13',
  /** @param {import('esbuild').PluginBuild} build */
  setup(build) {
    build.onResolve({ filter: /^(react|react-dom|@grafana\/(ui|data))($|\/)/ }, ({ path, kind }) => {
      const name = /** @type {keyof typeof IN_13} */ (Object.keys(IN_13).find((n) => path === n || path.startsWith(`${n}/`)));
      return build.resolve(`${IN_13[name]}${path.slice(name.length)}`, { resolveDir: dashboards, kind });
    });
  },
};

/** Changes whenever the page or what it is made of does. */
async function stamp() {
  const hash = createHash('sha256').update(await readFile(join(dashboards, 'package-lock.json')));
  for (const name of (await readdir(here)).sort()) hash.update(await readFile(join(here, name)));
  return hash.digest('hex').slice(0, 12);
}

/**
 * @param {Grafana} grafana
 * @returns {Promise<string>} The folder with host.js; built at most once for its sources.
 */
export async function hostBundle(grafana) {
  const folder = join(dashboards, '.cache/host', `${grafana}-${await stamp()}`);
  if (existsSync(join(folder, 'host.js'))) return folder;
  await mkdir(folder, { recursive: true });
  await build({
    entryPoints: [join(here, 'host.tsx')],
    outfile: join(folder, 'host.js'),
    bundle: true,
    minify: true,
    format: 'iife',
    target: 'es2022',
    jsx: 'transform',
    define: { 'process.env.NODE_ENV': '"production"', global: 'window', 'process.env': '{}' },
    loader: { '.svg': 'dataurl', '.woff2': 'dataurl', '.ttf': 'dataurl', '.png': 'dataurl' },
    plugins: grafana === '13.2' ? [grafana13] : [],
    logLevel: 'error',
  });
  return folder;
}

/** The folder with the icons that @grafana/ui loads by their address. @param {Grafana} grafana */
export function iconFolder(grafana) {
  const entry = require.resolve(grafana === '13.2' ? '@grafana/ui-13' : '@grafana/ui');
  return join(entry.slice(0, entry.indexOf('/dist/')), 'dist/public/img/icons');
}
