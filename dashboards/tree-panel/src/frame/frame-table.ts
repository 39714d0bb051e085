import type { Field } from '@grafana/data';
import type { Columns } from '../../../../tree-api/web/model/columns.js';
import type { Change, Table } from '../../../../tree-api/web/model/store.js';
import { NONE } from '../../../../tree-api/web/model/links.js';
import { BEFORE, CHANGE } from '../moment/compare.ts';
import { ColumnValues } from './column-values.ts';
import type { Column } from './columns.ts';
import { metricOf } from './known.ts';
import { isIdentifier, keyOf } from './values.ts';

/** One frame: as many values in each field as there are rows. */
export interface Rows {
  length: number;
  id: Field;
  parent: Field;
  columns: readonly Column[];
}

const FIRST_CAPACITY = 256;

/** Resident memory has the pages that processes share in each of them: a sum takes proportional memory where that is known. */
function sumsFrom(columns: readonly Column[]): Columns['sumsFrom'] {
  const keyOfMetric = (metric: string) => columns.find(({ key, isNumber }) => isNumber && metricOf(key) === metric)?.key;
  const [memory, pss] = [keyOfMetric('memory'), keyOfMetric('pss')];
  if (memory === undefined || pss === undefined) return {};
  // In a comparison all three sums are of the same kind.
  return Object.fromEntries(['', BEFORE, CHANGE].filter((suffix) => columns.some(({ key }) => key === memory + suffix)).map((suffix) => [memory + suffix, pss + suffix]));
}

/**
 * A frame as the table of the tree model. A row keeps its slot from one frame to the next by
 * its ID. The values are taken over field by field: there is no object for a row.
 */
export class FrameTable implements Table<Rows> {
  readonly columns: Columns;
  readonly slots = new Map<string, number>();
  readonly ids: string[] = [];
  size = 0;
  capacity = 0;
  readonly numbers: Record<string, Float64Array>;
  readonly texts: Record<string, string[]>;
  /** No row is a thread of the kernel: only the page knows of these. */
  readonly kernel = new Uint8Array(0);
  /** The row of each slot in the last frame. */
  rowOf = new Int32Array(0);
  /** How many rows of the last frame had no ID, or the ID of an earlier row. */
  skipped = { withoutID: 0, repeated: 0 };

  #parentIDs: string[] = [];
  readonly #values: ColumnValues;
  /** Where each slot's parent was last. */
  #parents = new Int32Array(0);
  /** 1 where another row stands than when the parents were looked up, or the same with another parent. */
  #stale = new Uint8Array(0);
  /** The slot of each row in the last frame. */
  #slotOf = new Int32Array(0);
  /** By slot: the number of the last frame that had it. */
  #seenIn = new Uint32Array(0);
  #frames = 0;
  #free: number[] = [];

  constructor(columns: readonly Column[]) {
    const keys = (isNumber: boolean) => columns.filter((c) => c.isNumber === isNumber).map((c) => c.key);
    const label = columns.find((c) => c.isLabel)?.key;
    this.columns = {
      numbers: keys(true),
      texts: keys(false),
      sums: columns.filter((c) => c.isSummed).map((c) => c.key),
      sumsFrom: sumsFrom(columns),
      searched: columns.filter((c) => !c.isNumber || c.key === label || isIdentifier(c.field)).map((c) => c.key),
    };
    this.#values = new ColumnValues(this.columns);
    ({ numbers: this.numbers, texts: this.texts } = this.#values);
    this.grow(FIRST_CAPACITY);
  }

  get textChanged(): Uint8Array { return this.#values.textChanged; }

  apply(rows: Rows): Change {
    const before = this.slots.size;
    const came = this.#place(rows);
    const seen = rows.length - this.skipped.withoutID - this.skipped.repeated;
    const went = this.slots.size > seen && this.#removeUnseen();
    const moved = this.#takeParents(rows.parent.values);
    this.#values.offer(rows.columns, this.#slotOf);
    return { structure: before === 0 || came || went || moved, missed: 0 };
  }

  findParents(parents: Int32Array): void {
    const last = this.#parents;
    const stale = this.#stale;
    for (let slot = 0; slot < this.size; slot++) {
      // Most parents stay where they are: to look one up takes longer than all else here.
      if (stale[slot] === 1 || last[slot] === NONE || stale[last[slot]] === 1) last[slot] = this.slots.get(this.#parentIDs[slot]) ?? NONE;
      parents[slot] = last[slot] === slot ? NONE : last[slot];
    }
    stale.fill(0, 0, this.size);
  }

  /** What was seen first stands first: that never changes while it is there. */
  compare(a: number, b: number): number {
    return a - b;
  }

  /** Gives every row its slot, and tells whether a row is new. */
  #place({ id, length }: Rows): boolean {
    const last = this.#slotOf;
    const slotOf = last.length >= length ? last : new Int32Array(length).fill(NONE);
    if (slotOf !== last) slotOf.set(last);
    this.#slotOf = slotOf;
    this.#frames++;
    this.skipped = { withoutID: 0, repeated: 0 };
    let came = false;
    for (let row = 0; row < length; row++) {
      const key = keyOf(id.values[row]);
      // Most rows stand where they stood in the frame before.
      let slot = slotOf[row];
      if (slot === NONE || this.ids[slot] !== key) slot = this.slots.get(key) ?? NONE;
      if (key === '') {
        this.skipped.withoutID++;
        slotOf[row] = NONE;
        continue;
      }
      if (slot === NONE) {
        slot = this.#add(key);
        came = true;
      }
      if (this.#seenIn[slot] === this.#frames) {
        this.skipped.repeated++;
        slotOf[row] = NONE;
        continue;
      }
      this.#seenIn[slot] = this.#frames;
      this.rowOf[slot] = row;
      slotOf[row] = slot;
    }
    slotOf.fill(NONE, length);
    return came;
  }

  #add(id: string): number {
    const slot = this.#free.pop() ?? this.size++;
    if (slot >= this.capacity) this.grow(this.capacity * 2);
    this.slots.set(id, slot);
    this.ids[slot] = id;
    this.#parentIDs[slot] = '';
    this.#stale[slot] = 1;
    this.#values.clear(slot);
    return slot;
  }

  #removeUnseen(): boolean {
    for (let slot = 0; slot < this.size; slot++) {
      if (this.ids[slot] === '' || this.#seenIn[slot] === this.#frames) continue;
      this.slots.delete(this.ids[slot]);
      this.ids[slot] = '';
      this.#parentIDs[slot] = '';
      this.#stale[slot] = 1;
      this.#values.clear(slot);
      this.#free.push(slot);
    }
    return true;
  }

  #takeParents(values: unknown[]): boolean {
    let moved = false;
    for (let row = 0; row < this.#slotOf.length; row++) {
      const slot = this.#slotOf[row];
      if (slot === NONE) continue;
      const parent = keyOf(values[row]);
      if (this.#parentIDs[slot] === parent) continue;
      this.#parentIDs[slot] = parent;
      this.#stale[slot] = 1;
      moved = true;
    }
    return moved;
  }

  /** Makes room, in which nothing is known. */
  grow(capacity: number): void {
    this.#values.grow(capacity);
    const rowOf = new Int32Array(capacity);
    rowOf.set(this.rowOf);
    this.rowOf = rowOf;
    const parents = new Int32Array(capacity).fill(NONE);
    parents.set(this.#parents);
    this.#parents = parents;
    const stale = new Uint8Array(capacity);
    stale.set(this.#stale);
    this.#stale = stale;
    const seenIn = new Uint32Array(capacity);
    seenIn.set(this.#seenIn);
    this.#seenIn = seenIn;
    this.capacity = capacity;
  }
}
