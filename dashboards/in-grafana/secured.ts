/** An exporter that wants a token. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Stack, eventually, freePort, program } from './stack.ts';

export class SecuredExporter {
  url = '';
  /** What it lets in. */
  token = '';
  #child: ChildProcess | undefined;

  /** @param recorded Whether it keeps a recording of its own. */
  async start({ folder }: Stack, recorded = false): Promise<void> {
    const path = program('proctree_exporter');
    const told = execFileSync(path, ['--api.new-token=grafana', '--api.role=operator'], { encoding: 'utf8' });
    this.token = /^proctree_\S+$/m.exec(told)![0];
    const tokens = join(folder, 'tokens.yml');
    await writeFile(tokens, `tokens:\n${told.slice(told.indexOf('  - name:'))}`, { mode: 0o600 });
    const address = `127.0.0.1:${await freePort()}`;
    this.url = `http://${address}`;
    this.#child = spawn(path, [`--web.listen-address=${address}`, `--api.token-file=${tokens}`, '--host.bpf-pin=', ...recorded ? [`--history.dir=${join(folder, 'recording')}`] : []], { stdio: 'ignore' });
    await eventually('the exporter with a token', async () => (await fetch(`${this.url}/-/ready`).catch(() => undefined))?.ok);
  }

  stop(): void {
    this.#child?.kill();
  }
}
