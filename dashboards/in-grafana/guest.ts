/** A process that tests let come and go. */
import { type ChildProcess, spawn } from 'node:child_process';
import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Stack } from './stack.ts';

/** The kernel keeps 15 bytes of a name. */
const LONGEST_NAME = 15;

/**
 * Runs a shell script as a process with a name of its own, and lets a test use it; all that the
 * script started ends afterwards.
 * @param scripts By name. The first one runs; "$1" and so on are the paths of the others.
 * @param more Further arguments of the first one.
 */
export async function withScript<T>(stack: Stack, scripts: Record<string, string>, use: () => Promise<T>, ...more: string[]): Promise<T> {
  const paths = await Promise.all(Object.keys(scripts).map(async (name) => {
    const path = join(stack.folder, name);
    await symlink('/bin/sh', path).catch((error: NodeJS.ErrnoException) => { if (error.code !== 'EEXIST') throw error; });
    return path;
  }));
  const [first, ...others] = paths;
  // A process group of its own, so that all of it can be ended.
  const child = spawn(first, ['-c', Object.values(scripts)[0], 'sh', ...others, ...more], { stdio: 'ignore', detached: true });
  await new Promise((started, failed) => { child.once('spawn', started).once('error', failed); });
  try {
    return await use();
  } finally {
    try {
      process.kill(-child.pid!, 'SIGKILL');
    } catch {
      // It has ended already.
    }
  }
}

/** A process that sleeps. It takes its name from the link that it is started by. */
export class Guest {
  readonly name: string;
  /** On its command line, and nowhere else. */
  readonly path: string;
  #child: ChildProcess | undefined;

  constructor(private readonly stack: Stack, name = 'guest') {
    this.name = `${name}-${process.pid}`.slice(0, LONGEST_NAME);
    this.path = join(stack.folder, this.name);
  }

  async come(): Promise<void> {
    await symlink('/bin/sleep', this.path).catch((error: NodeJS.ErrnoException) => { if (error.code !== 'EEXIST') throw error; });
    this.#child = spawn(this.path, ['600'], { stdio: 'ignore', cwd: this.stack.folder });
    await new Promise((started, failed) => { this.#child!.once('spawn', started).once('error', failed); });
  }

  go(): void {
    this.#child?.kill('SIGKILL');
    this.#child = undefined;
  }
}
