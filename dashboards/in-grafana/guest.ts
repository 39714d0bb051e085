/** A process that tests let come and go. */
import { type ChildProcess, spawn } from 'node:child_process';
import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Stack } from './stack.ts';

/** The kernel keeps 15 bytes of a name. */
const LONGEST_NAME = 15;

/** A process that sleeps. It takes its name from the link that it is started by. */
export class Guest {
  readonly name: string;
  /** On its command line, and nowhere else. */
  readonly path: string;
  #child: ChildProcess | undefined;

  constructor(private readonly stack: Stack) {
    this.name = `guest-${process.pid}`.slice(0, LONGEST_NAME);
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
