/** What happens on the host before tests look back at it. */
import { mkdir, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Guest, withScript } from './guest.ts';
import { type Stack, eventually } from './stack.ts';

/** Prometheus asks the exporter each quarter of a minute; graphs need some of its answers. */
const SCRAPE_SECONDS = 15;
/** A range that ends within the last minute is now. */
const PAST_SECONDS = 75;
/** How long the hog runs. */
const HOG_SECONDS = 4 * SCRAPE_SECONDS;

export interface Scene {
  /** In the middle of the life of the hog, in Unix milliseconds. */
  at: number;
  /** When all was over, in Unix milliseconds. */
  end: number;
  /** A process that used a core, and crashed. */
  hog: string;
  /** On its command line, and nowhere else. */
  hogArgument: string;
  /** It started the hog, and outlived it. */
  boss: string;
  /** It ended and was started again. */
  service: string;
  /** It ran out of memory; empty where no control group can be made, for the reason that follows. */
  eater: string;
  noEater: string;
}

/** Lets everything happen, waits until Prometheus and the recorder have it, and until it is the past. */
export async function play(stack: Stack): Promise<Scene> {
  const { pid } = process;
  const [boss, hog, eater] = ['boss', 'hog', 'eat'].map((name) => `${name}2-${pid}`);
  const hogArgument = `argument-of-${hog}`;
  const service = new Guest(stack, 'service');
  await service.come();
  await counted(stack, `proctree_group_processes{group="${service.name}"} == 1`);
  const start = Date.now();
  // The shell that started the hog ends it as a fault of its own would.
  const script = `"$1" -c "while :; do :; done" ${hogArgument} & sleep ${HOG_SECONDS}; kill -SEGV $!; wait; sleep 600; :`;
  const scene = await withScript(stack, { [boss]: script, [hog]: '' }, async () => {
    await counted(stack, `proctree_group_abnormal_exits_total{group="${hog}", reason="SIGSEGV"} > 0`);
    service.go();
    await counted(stack, `proctree_group_processes{group="${service.name}"} == 0 or absent(proctree_group_processes{group="${service.name}"})`);
    await service.come();
    await counted(stack, `proctree_group_processes{group="${service.name}"} == 1`);
    const noEater = await runsOutOfMemory(stack, eater);
    if (!noEater) await counted(stack, `proctree_group_abnormal_exits_total{group="${eater}", reason="oom_kill"} > 0`);
    return { at: start + HOG_SECONDS * 500, end: Date.now(), hog, hogArgument, boss, service: service.name, eater: noEater ? '' : eater, noEater };
  });
  service.go();
  await new Promise((later) => { setTimeout(later, PAST_SECONDS * 1000 - (Date.now() - scene.end)); });
  return scene;
}

/** Waits until Prometheus finds something. */
const counted = ({ url }: Stack, query: string) => eventually(query, async () =>
  (await (await fetch(`${url.prometheus}/api/v1/query?query=${encodeURIComponent(query)}`)).text()).includes('"value"'), HOG_SECONDS + 8 * SCRAPE_SECONDS);

/** Lets a process run out of the memory of a control group. Returns why it cannot, or an empty text. */
async function runsOutOfMemory(stack: Stack, name: string): Promise<string> {
  let why = '';
  for (const [root, limit] of [['/sys/fs/cgroup', 'memory.max'], ['/sys/fs/cgroup/memory', 'memory.limit_in_bytes']]) {
    const group = join(root, `proctree-grafana-${process.pid}`);
    try {
      await mkdir(group);
    } catch (error) {
      why ||= String(error);
      continue;
    }
    try {
      // Not made if it is not there: then the folder is no control group.
      await writeFile(join(group, limit), String(8 << 20), { flag: 'r+' });
      // A limit of the shell keeps it small where the group does not.
      const script = 'echo $$ >"$1/cgroup.procs"; ulimit -v 1000000; sleep 3; x=0123456789abcdef; while :; do x=$x$x; done';
      await withScript(stack, { [name]: script }, () => counted(stack, `proctree_group_abnormal_exits_total{group="${name}"} > 0`), group);
      return '';
    } catch (error) {
      why = String(error);
    } finally {
      await eventually('the end of the control group', () => rmdir(group).then(() => true, () => false));
    }
  }
  return `no such controller here: no control group with a limit of memory can be made: ${why}`;
}
