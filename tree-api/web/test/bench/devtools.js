import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EXECUTABLE } from '../browser/browser.js';

/** @import { ChildProcess } from 'node:child_process' */
/** @import { Readable, Writable } from 'node:stream' */

/**
 * Chromium by its own protocol (Chrome DevTools Protocol) and nothing of it but what is
 * asked for. Playwright has the browser report every request, with its headers and bodies:
 * for a page of fifty files that takes longer than the page.
 */
export class Devtools {
  #child;
  #directory;
  #input;
  #last = 0;
  /** @type {Map<number, {resolve: (result: any) => void, reject: (error: Error) => void}>} */
  #waiting = new Map();

  /** @param {ChildProcess} child @param {string} directory */
  constructor(child, directory) {
    this.#child = child;
    this.#directory = directory;
    this.#input = /** @type {Writable} */ (child.stdio[3]);
    let text = '';
    /** @type {Readable} */ (child.stdio[4]).setEncoding('utf8').on('data', (part) => {
      const messages = (text + part).split('\0');
      text = messages.pop() ?? '';
      for (const message of messages) this.#take(JSON.parse(message));
    });
  }

  static async launch() {
    const directory = await mkdtemp(join(tmpdir(), 'proctree-browser-'));
    const child = spawn(EXECUTABLE, [
      '--headless', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking',
      '--disable-component-update', '--disable-sync', '--remote-debugging-pipe', '--window-size=1440,900', `--user-data-dir=${directory}`,
    ], { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] });
    return new Devtools(child, directory);
  }

  /**
   * @param {string} method
   * @param {object} [params]
   * @param {string} [sessionId] Of a page; the browser's own without one.
   * @returns {Promise<any>}
   */
  send(method, params = {}, sessionId) {
    const id = ++this.#last;
    this.#input.write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    return new Promise((resolve, reject) => { this.#waiting.set(id, { resolve, reject }); });
  }

  /** @param {any} message */
  #take({ id, result, error }) {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (error) waiting?.reject(new Error(error.message));
    else waiting?.resolve(result);
  }

  /** @returns {Promise<void>} */
  async close() {
    const ended = new Promise((resolve) => { this.#child.once('exit', resolve); });
    this.#child.kill();
    await ended;
    await rm(this.#directory, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  }
}
