/**
 * Gives each row that is drawn an element, and keeps it there for as long as the row is drawn,
 * wherever the row moves: then only what has changed in it is written. The elements of rows
 * that are gone serve those that come, for to make elements is dearer than to write texts.
 */
export class Seats {
  #seatOf = new Map<number, number>();

  /**
   * @param slots Those of the rows to be drawn, each once.
   * @returns The slot on each seat. The seats keep their order; one that is not needed is left out.
   */
  take(slots: readonly number[]): Array<{ seat: number; slot: number }> {
    const before = this.#seatOf;
    this.#seatOf = new Map(slots.filter((slot) => before.has(slot)).map((slot) => [slot, before.get(slot)!]));
    const taken = new Set(this.#seatOf.values());
    let free = 0;
    for (const slot of slots) {
      if (this.#seatOf.has(slot)) continue;
      while (taken.has(free)) free++;
      this.#seatOf.set(slot, free++);
    }
    return [...this.#seatOf].map(([slot, seat]) => ({ seat, slot })).sort((a, b) => a.seat - b.seat);
  }
}
