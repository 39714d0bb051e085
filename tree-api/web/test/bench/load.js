import { execFileSync, spawn } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const SOURCES = fileURLToPath(new URL('../../../../exporter/bench/loadgen/', import.meta.url));

/**
 * Starts real idle processes, in a tree; they end with stop.
 * @param {number} size
 * @returns {Promise<{stop: () => Promise<void>}>}
 */
export async function processTree(size) {
  const directory = await mkdtemp(join(tmpdir(), 'proctree-load-'));
  const program = join(directory, 'loadgen');
  const files = (await readdir(SOURCES)).filter((name) => name.endsWith('.c'));
  execFileSync('cc', ['-O2', '-std=gnu11', '-pthread', '-o', program, ...files], { cwd: SOURCES });
  const child = spawn(program, ['tree', `processes=${size}`, `dir=${directory}`], { stdio: ['pipe', 'pipe', 'inherit'] });
  await new Promise((resolve, reject) => {
    createInterface(child.stdout).once('line', resolve);
    child.once('exit', (code) => reject(new Error(`the load generator ended with ${code}`)));
  });
  return {
    async stop() {
      const ended = new Promise((resolve) => { child.once('exit', resolve); });
      child.stdin.end();
      await ended;
      await rm(directory, { recursive: true, force: true });
    },
  };
}
