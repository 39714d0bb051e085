/** A place for a row in the document. */
export interface Seat {
  /** The slot of the row that is on it, or was on it last. */
  slot: number;
  isTaken: boolean;
}

/**
 * Gives each row that is drawn an element, and keeps it there for as long as the row is drawn,
 * wherever the row moves: then only what has changed in it is written. The elements of rows
 * that are gone serve those that come, for to make elements is dearer than to write texts;
 * a row that comes back before that finds its own as it was.
 */
export class Seats {
  #slots: number[] = [];

  /**
   * @param slots Those of the rows to be drawn, each once.
   * @returns All seats that there are, in an order that stays.
   */
  take(slots: readonly number[]): Seat[] {
    const wanted = new Set(slots);
    const seated = new Set(this.#slots.filter((slot) => wanted.has(slot)));
    const free = this.#slots.flatMap((slot, seat) => (wanted.has(slot) ? [] : [seat]));
    slots.filter((slot) => !seated.has(slot)).forEach((slot, i) => { this.#slots[free[i] ?? this.#slots.length] = slot; });
    return this.#slots.map((slot) => ({ slot, isTaken: wanted.has(slot) }));
  }
}
