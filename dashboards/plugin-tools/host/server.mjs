/** Serves the page that stands for Grafana, with the built plugins below /plugins/ID. */
import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import { extname, join, normalize } from 'node:path';
import { hostBundle, iconFolder } from './bundle.mjs';

const TYPES = /** @type {Record<string, string>} */ ({ '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml', '.json': 'application/json', '.png': 'image/png' });

const PAGE = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Grafana stand-in</title>
<base href="/"><meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,">
<link rel="stylesheet" href="/host.css"></head><body style="margin:0"><div id="root"></div><script src="/host.js"></script></body></html>`;

/**
 * @param {import('./bundle.mjs').Grafana} grafana
 * @param {Record<string, string>} plugins The folder of each plugin by its ID.
 * @returns {Promise<{url: string, close: () => Promise<void>}>} On loopback, at a free port.
 */
export async function serveHost(grafana, plugins) {
  const host = await hostBundle(grafana);
  const icons = iconFolder(grafana);
  const roots = { 'public/build/img/icons': icons, ...Object.fromEntries(Object.entries(plugins).map(([id, folder]) => [`plugins/${id}`, folder])) };
  const server = createServer(async (request, response) => {
    const path = normalize(new URL(request.url ?? '/', 'http://host').pathname).replace(/^\/+/, '');
    try {
      const body = path === '' || path.startsWith('d/') ? PAGE : await readFile(fileOf(path, host, roots));
      response.writeHead(200, { 'content-type': path === '' || path.startsWith('d/') ? 'text/html' : TYPES[extname(path)] ?? 'application/octet-stream' });
      response.end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((listening) => { server.listen(0, '127.0.0.1', () => listening(undefined)); });
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return {
    url: `http://127.0.0.1:${port}/`,
    close: () => new Promise((closed) => {
      server.close(() => closed());
      server.closeAllConnections();
    }),
  };
}

/** @param {string} path @param {string} host @param {Record<string, string>} roots */
function fileOf(path, host, roots) {
  const root = Object.keys(roots).find((prefix) => path.startsWith(`${prefix}/`));
  return root ? join(roots[root], path.slice(root.length + 1)) : join(host, path);
}
