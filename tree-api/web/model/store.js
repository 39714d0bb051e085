import { TEXT_COLUMNS } from './columns.js';
import { derive } from './derived.js';
import { FIELD_WRITERS } from './fields.js';
import { Parents } from './parents.js';
import { NONE } from './link-change.js';
import { ProcessTable, widen } from './process-table.js';
import { idsOf, writeColumns } from './write-columns.js';

/** @import { Columns } from './columns.js' */
/** @import { SentColumns } from './write-columns.js' */

/**
 * A process as the API sends it: id and any of the fields of the columns. In a change
 * null means that the field became unknown.
 * @typedef {{id: string} & Record<string, any>} ProcessNode
 */

/**
 * A message of the stream.
 * @typedef {object} Message
 * @property {'full'|'diff'} type
 * @property {ProcessNode[]} [processes] All of them; in a full message.
 * @property {SentColumns} [columns] All of them, instead of processes.
 * @property {ProcessNode[]} [added]
 * @property {ProcessNode[]} [changed] Only the fields that changed; the PID never does.
 * @property {string[]} [removed]
 */

/**
 * What a message did to the table.
 * @typedef {object} Change
 * @property {boolean} structure Whether processes came, went, or moved to another parent.
 * @property {number} missed How many changes named a process that is not in the table: a
 *   sign that a message was lost.
 */

/**
 * What the model shows: a table in columns. A row has a slot, a small number which it keeps
 * for as long as it is in the table; a slot is used again after its row has gone.
 * @template M
 * @typedef {object} Table
 * @property {Columns} columns
 * @property {Pick<ReadonlyMap<string, number>, 'get'|'has'> & {size: number}} slots By id.
 * @property {readonly string[]} ids The id in each slot, "" where the slot is free.
 * @property {number} size One more than the highest slot ever used.
 * @property {number} capacity How long the arrays of numbers are.
 * @property {Record<string, Float64Array>} numbers By column; NaN is "not known".
 * @property {Record<string, string[]>} texts By column; "" is "not known".
 * @property {Uint8Array} kernel 1 for a thread of the kernel itself.
 * @property {Uint8Array} textChanged 1 where a text was written since it was last looked at.
 * @property {number} [branchesFrom] The slot from which on branches stand, not rows; absent if there are none.
 * @property {(capacity: number) => void} [grow] Makes room behind the last slot, in which nothing is known. A table
 *   that can be nested has it: the names of branches stand there until a message comes.
 * @property {(message: M) => Change} apply
 * @property {(parents: Int32Array) => void} findParents Writes the slot of each row's parent, NONE
 *   for a root. Circles are allowed.
 * @property {(a: number, b: number) => number} compare The order of two slots that are equal
 *   in the column by which the rows are sorted.
 */

const FIRST_CAPACITY = 256;

/**
 * The table of processes, filled by the messages of the stream.
 * @implements {Table<Message>}
 */
export class Store extends ProcessTable {
  /** 1 where anything was written since it was last looked at. */
  changed = new Uint8Array(0);
  /** @type {number[]} */
  #free = [];
  #parents = new Parents();

  constructor() {
    super();
    this.grow(FIRST_CAPACITY);
  }

  /** @param {Int32Array} parents */
  findParents(parents) { this.#parents.write(parents, this); }

  /**
   * @param {Message} message
   * @returns {Change}
   */
  apply(message) {
    return message.type === 'full' ? this.#replace(message) : this.#amend(message);
  }

  /** @param {Message} message */
  #replace({ processes, columns }) {
    const nodes = (processes ?? []).filter(isNode);
    const ids = columns ? idsOf(columns) : nodes.map(({ id }) => id);
    const gone = new Set(this.slots.keys());
    for (const id of ids) gone.delete(id);
    if (ids.length > this.capacity) this.grow(ids.length);
    if (columns) this.#putColumns(ids, columns);
    else for (const node of nodes) this.#put(node);
    for (const id of gone) this.#remove(id);
    return { structure: true, missed: 0 };
  }

  /** @param {any[]} ids @param {SentColumns} columns */
  #putColumns(ids, columns) {
    const slots = Int32Array.from(ids, (id) => (isID(id) ? this.#overwritten(id) : NONE));
    writeColumns(this, slots, columns);
    for (const slot of slots) {
      if (slot === NONE) continue;
      this.#parents.enter(slot, this.numbers.pid[slot]);
      derive(this.numbers, slot);
    }
  }

  /** @param {Message} message */
  #amend({ added = [], changed = [], removed = [] }) {
    let structure = false;
    let missed = 0;
    for (const id of removed) structure = this.#remove(id) || structure;
    for (const node of added) {
      if (!isNode(node)) continue;
      this.#put(node);
      structure = true;
    }
    for (const node of changed) {
      const slot = this.slots.get(node.id);
      if (slot === undefined) missed++;
      else structure = this.#write(slot, node) || structure;
    }
    return { structure, missed };
  }

  /** @param {ProcessNode} node */
  #put(node) {
    const slot = this.#empty(node.id);
    this.#write(slot, node);
    this.#parents.enter(slot, this.numbers.pid[slot]);
  }

  /** The slot of a process, new or its own, in which nothing is known. @param {string} id */
  #empty(id) {
    const slot = this.slots.get(id);
    if (slot === undefined) return this.#take(id);
    this.#clear(slot);
    return slot;
  }

  /**
   * The slot of a process, new or its own, in which all columns will be written: a text that stays the same did not
   * change, and most do from one moment of a recording to another.
   * @param {string} id
   */
  #overwritten(id) {
    const slot = this.slots.get(id);
    if (slot === undefined) return this.#take(id);
    this.#parents.leave(slot, this.numbers.pid[slot]);
    this.changed[slot] = 1;
    return slot;
  }

  /** Gives a process one of the free slots, in which nothing is known. @param {string} id */
  #take(id) {
    const slot = this.#free.pop() ?? this.size++;
    if (slot >= this.capacity) this.grow(this.capacity * 2);
    this.slots.set(id, slot);
    this.ids[slot] = id;
    this.changed[slot] = 1;
    this.textChanged[slot] = 1;
    return slot;
  }

  /** @param {string} id */
  #remove(id) {
    const slot = this.slots.get(id);
    if (slot === undefined) return false;
    this.slots.delete(id);
    this.ids[slot] = '';
    this.#clear(slot);
    this.#free.push(slot);
    return true;
  }

  /** @param {number} slot */
  #clear(slot) {
    this.#parents.leave(slot, this.numbers.pid[slot]);
    for (const key of this.columns.numbers) this.numbers[key][slot] = NaN;
    for (const { key } of TEXT_COLUMNS) this.texts[key][slot] = '';
    this.kernel[slot] = 0;
    this.changed[slot] = 1;
    this.textChanged[slot] = 1;
  }

  /**
   * @param {number} slot
   * @param {ProcessNode} node
   */
  #write(slot, node) {
    this.changed[slot] = 1;
    let structure = false;
    for (const field in node) {
      FIELD_WRITERS.get(field)?.(this, slot, node[field]);
      if (field !== 'ppid') continue;
      this.#parents.move(slot);
      structure = true;
    }
    derive(this.numbers, slot);
    return structure;
  }

  /** @param {number} capacity */
  grow(capacity) {
    super.grow(capacity);
    this.changed = widen(this.changed, capacity);
    this.#parents.grow(capacity);
  }
}

/** @param {any} id */
const isID = (id) => typeof id === 'string' && id !== '';

/** @param {any} node */
const isNode = (node) => isID(node?.id);
