/**
 * The tree model again, as plainly as it can be written and without regard to speed: what
 * the property test holds the real one against.
 */

const places = {
  pid: 'pid', ppid: 'ppid', start_time: 'start_time', cpu: 'cpu.cores', memory: 'memory.resident_bytes',
  threads: 'threads', name: 'name', user: 'user', state: 'state', group: 'group', cmdline: 'cmdline',
};
const sums = new Set(['cpu', 'memory', 'threads']);

export class Naive {
  /** @type {Map<string, any>} */
  nodes = new Map();
  sort = { key: 'pid', descending: false };
  /** @type {import('../../model/filter.js').Filter} */
  filter = {};
  shape = 'tree';
  open = true;
  except = new Set();
  openMatches = true;
  exceptMatches = new Set();

  /** @param {import('../../model/store.js').Message} m */
  apply(m) {
    if (m.type === 'full') {
      this.nodes = new Map((m.processes ?? []).map((n) => [n.id, { ...n }]));
    } else {
      for (const id of m.removed ?? []) this.nodes.delete(id);
      for (const n of m.added ?? []) this.nodes.set(n.id, { ...n });
      for (const n of m.changed ?? []) if (this.nodes.has(n.id)) Object.assign(this.nodes.get(n.id), n);
    }
    for (const set of [this.except, this.exceptMatches]) for (const id of set) if (!this.nodes.has(id)) set.delete(id);
  }

  /** Opens all that leads to a match. */
  forgetMatches() {
    this.openMatches = true;
    this.exceptMatches.clear();
  }

  /** @param {any} node @param {keyof typeof places} key */
  value(node, key) {
    const [object, field] = places[key].split('.');
    const value = (field ? node[object]?.[field] : node[object]) ?? undefined;
    return Array.isArray(value) ? value.join(' ') : value;
  }

  /** The parent of every node, null for a root. */
  parents() {
    const all = [...this.nodes.values()];
    const parents = new Map();
    for (const n of all) {
      const candidates = all.filter((p) => p.pid !== undefined && p.pid === n.ppid && n.pid !== n.ppid);
      candidates.sort((a, b) => b.start_time - a.start_time);
      parents.set(n.id, candidates[0]?.id ?? null);
    }
    for (const n of all.toSorted((a, b) => a.pid - b.pid)) {
      let up = parents.get(n.id);
      const seen = new Set();
      while (up !== null && up !== n.id && !seen.has(up)) {
        seen.add(up);
        up = parents.get(up);
      }
      if (up === n.id) parents.set(n.id, null);
    }
    return parents;
  }

  /** @param {any} n */
  matches(n) {
    const f = this.filter;
    const words = (f.text ?? '').toLowerCase().split(/\s+/).filter(Boolean);
    const hay = ['pid', 'name', 'user', 'group', 'cmdline']
      .map((k) => String(this.value(n, /** @type {any} */ (k)) ?? '')).join('\n').toLowerCase();
    for (const w of words) {
      if (w.startsWith('!')) {
        if (w.length > 1 && hay.includes(w.slice(1))) return false;
      } else if (!hay.includes(w)) return false;
    }
    for (const key of /** @type {const} */ (['user', 'state', 'group'])) {
      if (f[key]?.length && !f[key].includes(this.value(n, key) ?? '')) return false;
    }
    if (f.cpu !== undefined && !(this.value(n, 'cpu') >= f.cpu)) return false;
    if (f.memory !== undefined && !(this.value(n, 'memory') >= f.memory)) return false;
    return !(f.kernel === false && n.kernel);
  }

  get filtered() {
    const { text, user, state, group, cpu, memory, kernel } = this.filter;
    return /(^|\s)([^!\s]|!\S)/.test(text ?? '') || [user, state, group].some((l) => l?.length)
      || cpu !== undefined || memory !== undefined || kernel === false;
  }

  /** The rows as [id, depth, context]. */
  rows() {
    const parents = this.parents();
    const nodes = [...this.nodes.values()];
    /** @param {string|null} id @returns {any[]} */
    const children = (id) => nodes.filter((n) => parents.get(n.id) === id);
    /** @param {any} n @returns {any[]} */
    const branch = (n) => [n, ...children(n.id).flatMap(branch)];
    const shown = (/** @type {any} */ n) => branch(n).some((b) => this.matches(b));
    const key = /** @type {keyof typeof places} */ (this.sort.key);
    const weight = (/** @type {any} */ n) => {
      if (this.shape === 'list' || !sums.has(key)) return lower(this.value(n, key));
      const known = branch(n).map((b) => this.value(b, key)).filter((v) => v !== undefined);
      return known.length ? known.reverse().reduce((a, b) => a + b, 0) : undefined;
    };
    const sign = this.sort.descending ? -1 : 1;
    const sorted = (/** @type {any[]} */ list) => {
      const keyed = list.map((n) => ({ n, w: weight(n) }));
      keyed.sort(({ n: a, w: x }, { n: b, w: y }) => {
        if ((x === undefined) !== (y === undefined)) return x === undefined ? 1 : -1;
        if (x !== y) return x < y ? -sign : sign;
        return a.pid - b.pid || a.start_time - b.start_time;
      });
      return keyed.map(({ n }) => n);
    };
    if (this.shape === 'list') {
      const list = sorted(nodes.filter((n) => this.matches(n)));
      // Of processes with the PID that is searched for, one comes first.
      const exact = [...list].sort((a, b) => a.pid - b.pid || a.start_time - b.start_time).filter((n) => String(n.pid) === this.filter.text);
      return [...list.filter((n) => n === exact[0]), ...list.filter((n) => n !== exact[0])].map((n) => [n.id, 0, false]);
    }
    /** @type {any[]} */
    const rows = [];
    const walk = (/** @type {any[]} */ list, /** @type {number} */ depth) => {
      for (const n of sorted(list.filter(shown))) {
        rows.push([n.id, depth, !this.matches(n)]);
        const open = this.filtered ? this.openMatches !== this.exceptMatches.has(n.id) : this.open !== this.except.has(n.id);
        if (open) walk(children(n.id), depth + 1);
      }
    };
    walk(children(null), 0);
    return rows;
  }
}

/** @param {any} v */
function lower(v) {
  if (typeof v !== 'string') return v;
  return v === '' ? undefined : v.toLowerCase();
}
