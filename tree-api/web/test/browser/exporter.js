import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** @import { TestContext } from 'node:test' */
/** @import { ChildProcess } from 'node:child_process' */

/** What `make build` makes; PROCTREE_EXPORTER names another one. */
export const BINARY = process.env.PROCTREE_EXPORTER ?? fileURLToPath(new URL('../../../../bin/proctree_exporter', import.meta.url));
const START_MILLISECONDS = 30_000;

/** A directory that is gone after the test. @param {TestContext} t */
async function temporaryDirectory(t) {
  const directory = await mkdtemp(join(tmpdir(), 'proctree-web-'));
  t.after(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

/** @returns {Promise<number>} A port of loopback that nobody listens on. */
function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
      server.close(() => resolve(port));
    });
  });
}

/** The real exporter on loopback, for one test. */
export class Exporter {
  /** @type {ChildProcess|undefined} */
  #child;
  #args;

  /** @param {number} port @param {string[]} args */
  constructor(port, args) {
    this.url = `http://127.0.0.1:${port}/`;
    this.#args = [`--web.listen-address=127.0.0.1:${port}`, '--log.level=error', ...args];
  }

  /** @param {Pick<TestContext, 'after'>} t @param {string[]} [args] */
  static async start(t, args = []) {
    assert.ok(existsSync(BINARY), `there is no ${BINARY}: run "make build" first`);
    const exporter = new Exporter(await freePort(), args);
    t.after(() => exporter.stop());
    await exporter.start();
    return exporter;
  }

  async start() {
    this.#child = spawn(BINARY, this.#args, { stdio: ['ignore', 'ignore', 'inherit'] });
    const deadline = Date.now() + START_MILLISECONDS;
    while (!await fetch(`${this.url}-/ready`).then((r) => r.ok, () => false)) {
      assert.ok(Date.now() < deadline && this.#child.exitCode === null, 'the exporter does not get ready');
      await new Promise((resolve) => { setTimeout(resolve, 100); });
    }
  }

  /** Ends it at once, as when a host goes down. @returns {Promise<void>} */
  async stop() {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    await new Promise((resolve) => {
      child.once('exit', resolve);
      child.kill('SIGKILL');
    });
  }
}

/**
 * A token file with one token of each role.
 * @param {TestContext} t
 * @returns {Promise<{file: string, secrets: Record<'viewer'|'operator', string>}>}
 */
export async function tokenFile(t) {
  const made = (/** @type {'viewer'|'operator'} */ role) => {
    const output = execFileSync(BINARY, [`--api.new-token=test-${role}`, `--api.role=${role}`], { encoding: 'utf8' });
    const secret = output.match(/^proctree_\S+$/m)?.[0];
    const entry = output.match(/^ {2}- name:[^]*/m)?.[0];
    assert.ok(secret && entry, `unexpected answer of --api.new-token: ${output}`);
    return { secret, entry };
  };
  const viewer = made('viewer');
  const operator = made('operator');
  const file = join(await temporaryDirectory(t), 'tokens.yml');
  await writeFile(file, `tokens:\n${viewer.entry}\n${operator.entry}\n`, { mode: 0o600 });
  return { file, secrets: { viewer: viewer.secret, operator: operator.secret } };
}

/**
 * Starts real processes: a parent, a child of it, and two children of that. Their names
 * are those of copies of the shell, as a process is named after its file.
 * @param {TestContext} t
 * @param {{names: [string, string, string], argument?: string}} options argument stands on
 *   the command line of the two youngest.
 */
export async function family(t, { names, argument = 'plain' }) {
  const directory = await temporaryDirectory(t);
  const [parent, child, grandchild] = await Promise.all(names.map(async (name) => {
    const path = join(directory, name);
    await copyFile('/bin/sh', path);
    return path;
  }));
  const script = '"$1" -c \'"$1" -c "sleep 600; :" "$2" & "$1" -c "sleep 600; :" "$2" & wait; :\' sh "$2" "$3"; :';
  // A group of its own, so that all of it can be ended.
  const top = spawn(parent, ['-c', script, 'sh', child, grandchild, argument], { detached: true, stdio: ['ignore', 'ignore', 'inherit'] });
  t.after(() => { process.kill(-(/** @type {number} */ (top.pid)), 'SIGKILL'); });
  return top;
}
