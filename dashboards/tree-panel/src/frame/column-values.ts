import type { Columns } from '../../../../tree-api/web/model/columns.js';
import { NONE } from '../../../../tree-api/web/model/links.js';
import type { Column } from './columns.ts';
import { isMapped } from './values.ts';

/**
 * The values of the columns, by key and slot. A column is taken over from its frame when the
 * model asks for it: nothing is done for what nobody sorts by, searches or adds up.
 */
export class ColumnValues {
  /** NaN: not known. */
  readonly numbers: Record<string, Float64Array> = Object.create(null);
  /** "": not known. */
  readonly texts: Record<string, string[]> = Object.create(null);
  readonly #numbers: Record<string, Float64Array> = Object.create(null);
  readonly #texts: Record<string, string[]> = Object.create(null);
  readonly #columns: Columns;
  #textChanged = new Uint8Array(0);
  /** The columns of the last frame that were not asked for yet. */
  readonly #waiting = new Map<string, Column>();
  #waitsText = false;
  /** The slot of each row in the last frame. */
  #slotOf: Int32Array = new Int32Array(0);

  constructor(columns: Columns) {
    this.#columns = columns;
    for (const key of columns.numbers) Object.defineProperty(this.numbers, key, { enumerable: true, get: () => this.#numbersOf(key) });
    for (const key of columns.texts) {
      this.#texts[key] = [];
      Object.defineProperty(this.texts, key, { enumerable: true, get: () => this.#textsOf(key) });
    }
  }

  /** Which slots have other texts than when a search looked last: it looks at all of them. */
  get textChanged(): Uint8Array {
    if (this.#waitsText) for (const key of this.#columns.texts) this.#textsOf(key);
    this.#waitsText = false;
    return this.#textChanged;
  }

  /** Takes note of a frame. */
  offer(columns: readonly Column[], slotOf: Int32Array): void {
    for (const column of columns) this.#waiting.set(column.key, column);
    this.#waitsText = true;
    this.#slotOf = slotOf;
  }

  /** Forgets what a slot had. */
  clear(slot: number): void {
    for (const key of this.#columns.numbers) this.#numbers[key][slot] = NaN;
    for (const key of this.#columns.texts) this.#texts[key][slot] = '';
    this.#textChanged[slot] = 1;
  }

  grow(capacity: number): void {
    for (const key of this.#columns.numbers) {
      const wider = new Float64Array(capacity).fill(NaN);
      if (this.#numbers[key]) wider.set(this.#numbers[key]);
      this.#numbers[key] = wider;
    }
    const textChanged = new Uint8Array(capacity);
    textChanged.set(this.#textChanged);
    this.#textChanged = textChanged;
  }

  #numbersOf(key: string): Float64Array {
    const numbers = this.#numbers[key];
    const column = this.#waiting.get(key);
    if (!column) return numbers;
    this.#waiting.delete(key);
    const { values } = column.field;
    for (let row = 0; row < this.#slotOf.length; row++) {
      const slot = this.#slotOf[row];
      if (slot === NONE) continue;
      const value = values[row];
      numbers[slot] = typeof value === 'number' ? value : NaN;
    }
    return numbers;
  }

  #textsOf(key: string): string[] {
    const texts = this.#texts[key];
    const column = this.#waiting.get(key);
    if (!column) return texts;
    this.#waiting.delete(key);
    const { values } = column.field;
    const mapped = isMapped(column.field);
    for (let row = 0; row < this.#slotOf.length; row++) {
      const slot = this.#slotOf[row];
      if (slot === NONE || (!mapped && texts[slot] === values[row])) continue;
      const text = column.textOf(values[row]);
      if (texts[slot] === text) continue;
      texts[slot] = text;
      this.#textChanged[slot] = 1;
    }
    return texts;
  }
}
