/** The whole stack of `make stack`, in a folder and on ports of its own. */
import { execFile, execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { type AddressInfo, type Server, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const checkout = join(process.cwd(), '..');
/** The path of a program that make has built. */
export const program = (name: string) => join(checkout, 'bin', name);
const PORTS = ['exporter', 'prometheus', 'alertmanager', 'mailbox', 'smtp', 'grafana'] as const;
/** Grafana takes most of it. */
const START_MILLISECONDS = 180_000;
const START_BYTES = 1 << 20;

/** What one may do who is signed in. */
export type Role = 'Admin' | 'Editor' | 'Viewer';

export interface Stack {
  /** For what a test leaves behind; gone after it. */
  folder: string;
  /** Where each program listens, without a slash at the end. */
  url: Record<'exporter' | 'prometheus' | 'grafana', string>;
  /** The label instance of the exporter. */
  instance: string;
  users: Record<Role, { user: string; password: string }>;
  stop: () => Promise<void>;
}

/** Starts exporter, Prometheus, Alertmanager and Grafana with the files of this checkout, and waits until they work. */
export async function startStack(grafanaHome: string): Promise<Stack> {
  const folder = await mkdtemp(join(tmpdir(), 'proctree-in-grafana-'));
  const dir = join(folder, 'stack');
  const free = await freePorts(PORTS.length);
  const ports = Object.fromEntries(PORTS.map((name, i) => [name, free[i]])) as Record<typeof PORTS[number], number>;
  const flags = ['-dir', dir, '-source', checkout, '-exporter', program('proctree_exporter'), '-tools', process.env.TOOLS ?? '', '-grafana-home', grafanaHome];
  const end = () => execFileSync(program('stack'), ['stop', '-dir', dir], { stdio: 'ignore' });
  const interrupted = () => {
    end();
    process.exit(1);
  };
  process.once('SIGINT', interrupted).once('SIGTERM', interrupted);
  await promisify(execFile)(program('stack'), ['start', ...flags, ...PORTS.flatMap((name) => [`-${name}-port`, String(ports[name])])], { timeout: START_MILLISECONDS, maxBuffer: START_BYTES });
  const at = (name: typeof PORTS[number]) => `http://127.0.0.1:${ports[name]}`;
  const password = await readFile(join(dir, 'grafana/admin_password'), 'utf8');
  const stack: Stack = {
    folder,
    url: { exporter: at('exporter'), prometheus: at('prometheus'), grafana: at('grafana') },
    instance: `127.0.0.1:${ports.exporter}`,
    users: { Admin: { user: 'admin', password }, Editor: { user: 'editor', password: 'one who edits' }, Viewer: { user: 'viewer', password: 'one who looks' } },
    async stop() {
      process.off('SIGINT', interrupted).off('SIGTERM', interrupted);
      end();
      await rm(folder, { recursive: true, force: true });
    },
  };
  for (const role of ['Editor', 'Viewer'] as const) await addUser(stack, role);
  return stack;
}

async function addUser(stack: Stack, role: Role): Promise<void> {
  const { user: login, password } = stack.users[role];
  const { id } = await ask<{ id: number }>(stack, 'POST', '/api/admin/users', { login, name: login, password, OrgId: 1 });
  await ask(stack, 'PATCH', `/api/org/users/${id}`, { role });
}

/** Asks Grafana's API as the administrator. */
export async function ask<Answer>({ url, users: { Admin } }: Stack, method: string, path: string, body?: unknown): Promise<Answer> {
  const authorization = `Basic ${Buffer.from(`${Admin.user}:${Admin.password}`).toString('base64')}`;
  const response = await fetch(url.grafana + path, { method, headers: { authorization, 'content-type': 'application/json' }, body: body === undefined ? undefined : JSON.stringify(body) });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return JSON.parse(text) as Answer;
}

/** Waits until something is there. Bounded in time, and slow to give up: the machine may be busy. */
export async function eventually<T>(what: string, look: () => Promise<T | undefined | false>, seconds = 60): Promise<T> {
  for (const end = Date.now() + seconds * 1000; Date.now() < end;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    await new Promise((later) => { setTimeout(later, 250); });
  }
  throw new Error(`${what}: not within ${seconds} seconds`);
}

/** A port of loopback on which nobody listens. */
export async function freePort(): Promise<number> {
  const [port] = await freePorts(1);
  return port;
}

/** They are held until all are found, so that each is another. */
async function freePorts(count: number): Promise<number[]> {
  const held = await Promise.all(Array.from({ length: count }, () => new Promise<Server>((listening) => {
    const server = createServer().listen(0, '127.0.0.1', () => listening(server));
  })));
  const ports = held.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(held.map((server) => new Promise((closed) => { server.close(closed); })));
  return ports;
}
