import { type DataFrameDTO, FieldType } from '@grafana/data';
import { FakeHost } from '../../../../tree-api/web/test/fake/host.js';

const number = (name: string, values: unknown[], config = {}) => ({ name, type: FieldType.number, values, config });
const text = (name: string, values: unknown[], config = {}) => ({ name, type: FieldType.string, values, config });

/** The frame of a made-up host, as the live data source sends it. */
export function processFrame(host: FakeHost): DataFrameDTO {
  const all = [...host.processes.values()] as any[];
  const byPID = new Map(all.map((p) => [p.pid, p.id]));
  const column = (of: (process: any) => unknown) => all.map((p) => of(p) ?? null);
  return {
    name: 'processes',
    refId: 'A',
    meta: { custom: { mode: 'live', partial: false, time: 1_790_000_000_000, total: all.length, matched: all.length } },
    fields: [
      text('id', column((p) => p.id)),
      text('parent', column((p) => byPID.get(p.ppid) ?? '')),
      text('name', column((p) => p.name), { displayName: 'Name', links: [{ title: 'History', url: '/d/proctree-history?var-pid=${__data.fields.pid}' }] }),
      number('pid', column((p) => p.pid), { decimals: 0, displayName: 'PID' }),
      number('ppid', column((p) => p.ppid), { decimals: 0, displayName: 'Parent PID' }),
      text('user', column((p) => p.user), { displayName: 'User' }),
      text('state', column((p) => p.state), { displayName: 'State' }),
      number('cpu', column((p) => p.cpu?.cores), { displayName: 'CPU', decimals: 2 }),
      number('memory', column((p) => p.memory?.resident_bytes), { unit: 'bytes', displayName: 'Memory' }),
      number('virtual', column((p) => p.memory?.virtual_bytes), { unit: 'bytes', displayName: 'Virtual memory' }),
      number('read', column((p) => p.io?.read_bytes_per_second), { unit: 'Bps', displayName: 'Read' }),
      number('written', column((p) => p.io?.written_bytes_per_second), { unit: 'Bps', displayName: 'Written' }),
      number('threads', column((p) => p.threads), { displayName: 'Threads' }),
      number('open_fds', column((p) => p.open_fds), { displayName: 'Open FDs' }),
      { name: 'start_time', type: FieldType.time, values: column((p) => p.start_time && p.start_time * 1000), config: { displayName: 'Started' } },
      text('group', column((p) => p.group), { displayName: 'Group' }),
      text('unit', column((p) => p.unit), { displayName: 'Unit' }),
      text('cgroup', column((p) => p.cgroup), { displayName: 'Control group' }),
      text('container', column((p) => p.container), { displayName: 'Container' }),
      text('cmdline', column((p) => (Array.isArray(p.cmdline) ? p.cmdline.join(' ') : p.cmdline)), { displayName: 'Command line' }),
    ],
  };
}

export { FakeHost };
