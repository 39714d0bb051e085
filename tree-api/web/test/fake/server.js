/**
 * Serves the page with a made-up host behind it: for work on the page without an exporter,
 * and for tests of what a real server does only when it is in trouble.
 *
 *   node fake/server.js [--port N] [--processes N] [--role viewer|operator] [--locked]
 */
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { WebSocketServer } from 'ws';
import { columnsOf } from './columns.js';
import { FakeHost } from './host.js';

const WEB = fileURLToPath(new URL('../../', import.meta.url));
const TYPES = /** @type {Record<string, string>} */ ({ '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml', '.png': 'image/png', '.webmanifest': 'application/manifest+json' });
const POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; manifest-src 'self'; "
  + "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types proctree";
const HIDDEN_FROM_VIEWERS = ['exe', 'cmdline'];

/** The made-up server; its fields may be changed while it runs. */
export class FakeServer {
  /** @type {'operator'|'viewer'} */
  role = 'operator';
  /** 401 and 403 refuse every call of the API, 503 the stream alone; 0 refuses nothing. */
  refuse = 0;
  /** @type {Record<string, string>|undefined} */
  links = { grafana: 'https://grafana.example/d/host' };
  /** What GET /api/v1/alerts answers; links.alerts tells the page of it. @type {object|undefined} */
  alerts;
  /** What is recorded; links.history tells the page of it. @type {import('./recording.js').FakeRecording|undefined} */
  recording;
  /** The files that are not to be had. @type {Set<string>} */
  missing = new Set();
  /** The part of the processes that work between two messages. */
  busy = 0.12;
  /** @type {Set<(seconds: number) => void>} */
  #steps = new Set();
  #http = createServer((request, response) => this.#answer(request, response));
  #sockets = new WebSocketServer({ noServer: true, maxPayload: 1024 });

  /** @param {FakeHost} host */
  constructor(host) {
    this.host = host;
    this.#http.on('upgrade', (request, socket, head) => {
      const url = new URL(request.url ?? '/', 'http://localhost');
      if (url.pathname !== '/api/v1/stream' || this.refuse !== 0) {
        socket.end(`HTTP/1.1 ${this.refuse || 404} No\r\nConnection: close\r\n\r\n`);
        return;
      }
      const { interval = 2, layout = 'nodes' } = Object.fromEntries(url.searchParams);
      this.#sockets.handleUpgrade(request, socket, head, (ws) => this.#stream(ws, Number(interval), layout));
    });
  }

  /** @param {number} [port] @returns {Promise<string>} The address of the page. */
  listen(port = 0) {
    return new Promise((resolve) => {
      this.#http.listen(port, '127.0.0.1', () => {
        const address = /** @type {import('node:net').AddressInfo} */ (this.#http.address());
        resolve(`http://127.0.0.1:${address.port}/`);
      });
    });
  }

  /** Cuts every connection and takes no new one until listen. @returns {Promise<void>} */
  close() {
    for (const client of this.#sockets.clients) client.terminate();
    this.#http.closeAllConnections();
    return new Promise((resolve) => { this.#http.close(() => resolve()); });
  }

  /** How many streams are open. */
  get streams() { return this.#steps.size; }

  /** Sends a message of the test's own to every stream. @param {object} message */
  send(message) {
    for (const client of this.#sockets.clients) client.send(JSON.stringify(message));
  }

  /** Sends the next difference to every stream now. @param {number} [seconds] How much time passes on the host. */
  step(seconds = 2) {
    for (const step of this.#steps) step(seconds);
  }

  /** @param {import('ws').WebSocket} ws @param {number} interval @param {string} layout */
  #stream(ws, interval, layout) {
    let seq = 1;
    const common = (/** @type {number} */ seconds) => ({ time: this.host.now, interval_seconds: seconds, host: this.host.hostMetrics(), total: this.host.processes.size });
    const processes = [...this.host.processes.values()].map((p) => this.#shown(p));
    ws.send(JSON.stringify({ type: 'full', seq, role: this.role, ...common(interval), ...(layout === 'columns' ? { columns: columnsOf(processes) } : { processes }) }));
    const step = (/** @type {number} */ seconds) => {
      const { added, changed, removed } = this.host.advance(seconds, this.busy);
      ws.send(JSON.stringify({ type: 'diff', seq: ++seq, ...common(seconds), added: added.map((p) => this.#shown(p)), changed, removed }));
    };
    this.#steps.add(step);
    const timer = setInterval(step, interval * 1000, interval);
    ws.on('close', () => { this.#steps.delete(step); clearInterval(timer); });
  }

  /** What the role may see of a process. @param {any} process */
  #shown(process) {
    if (this.role === 'operator') return process;
    return Object.fromEntries(Object.entries(process).filter(([key]) => !HIDDEN_FROM_VIEWERS.includes(key)));
  }

  /** @param {import('node:http').IncomingMessage} request @param {import('node:http').ServerResponse} response */
  async #answer(request, response) {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
    response.setHeader('Content-Security-Policy', POLICY);
    response.setHeader('X-Content-Type-Options', 'nosniff');
    response.setHeader('Cache-Control', 'no-store');
    if (pathname.startsWith('/api/')) this.#answerCall(pathname, searchParams, response);
    else await this.#sendFile(pathname === '/' ? 'index.html' : pathname, response);
  }

  /** @param {string} pathname @param {URLSearchParams} query @param {import('node:http').ServerResponse} response */
  #answerCall(pathname, query, response) {
    const send = (/** @type {number} */ status, /** @type {object} */ body) => {
      response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
    };
    if (this.refuse === 401 || this.refuse === 403) {
      send(this.refuse, { status: 'error', errorType: 'unauthorized', error: 'a token is needed' });
      return;
    }
    const pid = Number(pathname.match(/^\/api\/v1\/processes\/(\d+)$/)?.[1]);
    const process = this.host.processes.get(pid);
    const past = this.recording?.answer(pathname, query);
    if (past) send(200, { status: 'success', data: past });
    else if (process) send(200, { status: 'success', data: { ...this.#shown(process), role: this.role, detail: this.#detail(process) } });
    else if (pathname === '/api/v1/host') send(200, { status: 'success', data: { ...this.host.hostFacts(), ...this.host.hostMetrics(), links: this.links } });
    else if (pathname === '/api/v1/alerts' && this.alerts) send(200, { status: 'success', data: this.alerts });
    else if (pathname === '/api/v1/alerts') send(503, { status: 'error', errorType: 'unavailable', error: 'Prometheus cannot be reached; see the log of the exporter' });
    else send(404, { status: 'error', errorType: 'not_found', error: `there is no ${pathname}` });
  }

  /** @param {any} process */
  #detail({ pid, name, threads, memory, open_fds: fds = 0 }) {
    const forAll = {
      limits: [{ name: 'open_files', soft: 1024, hard: 524288 }, { name: 'cpu_time', unit: 'seconds', soft: null, hard: null }, { name: 'stack_size', unit: 'bytes', soft: 8388608, hard: null }],
      threads: Array.from({ length: threads }, (_, i) => ({ tid: pid + i, name, state: 'sleeping', user_seconds: i, system_seconds: i / 3 })),
      memory: { resident_anonymous: memory.resident_bytes * 0.7, resident_file: memory.resident_bytes * 0.3 },
      io: { rchar: 123456789, wchar: 2345678, syscr: 4123, syscw: 981 },
      cgroups: ['/system.slice/shop.service'], wait_channel: 'ep_poll', oom_score: 667,
    };
    if (this.role === 'viewer') return forAll;
    return { ...forAll, cwd: '/srv/shop', root: '/', descriptors: Array.from({ length: fds }, (_, fd) => ({ fd, target: fd < 3 ? '/dev/null' : `socket:[${40000 + fd}]` })) };
  }

  /** @param {string} pathname @param {import('node:http').ServerResponse} response */
  async #sendFile(pathname, response) {
    const path = normalize(join(WEB, pathname));
    try {
      if (!path.startsWith(WEB) || this.missing.has(pathname)) throw new Error('not to be had');
      const body = await readFile(path);
      response.writeHead(200, { 'Content-Type': TYPES[extname(path)] ?? 'text/plain' }).end(body);
    } catch {
      response.writeHead(404, { 'Content-Type': 'text/plain' }).end('not found');
    }
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({
    options: { port: { type: 'string', default: '8056' }, processes: { type: 'string', default: '300' }, role: { type: 'string', default: 'operator' }, locked: { type: 'boolean', default: false } },
  });
  const server = new FakeServer(new FakeHost({ size: Number(values.processes) }));
  server.role = values.role === 'viewer' ? 'viewer' : 'operator';
  server.refuse = values.locked ? 401 : 0;
  console.log(await server.listen(Number(values.port)));
}
