import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Links, NONE } from '../../model/links.js';
import { Random } from '../fake/random.js';

const CAPACITY = 400;

/** A table of nothing but parents: parentOf[slot] is undefined where the slot is free. */
class Parents {
  capacity = CAPACITY;
  size = CAPACITY;
  /** @type {(number|undefined)[]} */
  parentOf = Array.from({ length: CAPACITY }, (_, slot) => (slot < 300 ? slot - 1 : undefined));

  get ids() { return this.parentOf.map((parent, slot) => (parent === undefined ? '' : `${slot}`)); }

  get slots() { return new Map(this.ids.filter((id) => id !== '').map((id) => [id, Number(id)])); }

  /** @param {Int32Array} parents */
  findParents(parents) {
    // As every table does, it has no free slot for a parent.
    this.parentOf.forEach((parent, slot) => { parents[slot] = parent === undefined || this.parentOf[parent] === undefined ? NONE : parent; });
  }

  /** @param {number} a @param {number} b */
  compare(a, b) { return a - b; }
}

/** What is known of a table's links, each slot's branch included. @param {Links} links @param {Parents} table */
function seen(links, table) {
  const used = [...table.slots.values()];
  const at = new Map(Array.from(links.order.subarray(0, links.count), (slot, i) => [slot, i]));
  for (const slot of used) {
    const parent = links.parent[slot];
    assert.ok(at.has(slot), `slot ${slot} is in the order`);
    if (parent !== NONE) assert.ok(/** @type {number} */ (at.get(parent)) < /** @type {number} */ (at.get(slot)), `slot ${slot} comes after its parent ${parent}`);
  }
  assert.equal(links.count, used.length, 'each once');
  return used.map((slot) => [slot, links.parent[slot], links.processes[slot]]);
}

/** @param {any} table */
function linked(table) {
  const links = new Links();
  links.link(table);
  return links;
}

describe('links that are brought up to date are those made from scratch', () => {
  /** @type {Record<string, (parentOf: (number|undefined)[], slot: number, other: number) => void>} */
  const changes = {
    'some go, and their children are roots': (parentOf, slot) => { parentOf[slot] = undefined; },
    'some come below others': (parentOf, slot, other) => { parentOf[slot] ??= other; },
    'some come and have children at once': (parentOf, slot, other) => {
      parentOf[slot] ??= NONE;
      if (other !== slot && parentOf[other] !== undefined) parentOf[other] = slot;
    },
    'some go up': (parentOf, slot) => { if (parentOf[slot] !== undefined) parentOf[slot] = parentOf[/** @type {number} */ (parentOf[slot])] ?? NONE; },
    'some go anywhere, and circles with them': (parentOf, slot, other) => { if (parentOf[slot] !== undefined) parentOf[slot] = other; },
  };
  for (const [name, change] of Object.entries(changes)) {
    test(name, () => {
      const random = new Random(7);
      const table = new Parents();
      const links = linked(table);
      for (let step = 0; step < 40; step++) {
        for (let i = random.below(6); i >= 0; i--) change(table.parentOf, random.below(CAPACITY), random.below(CAPACITY));
        links.link(/** @type {any} */ (table));
        assert.deepEqual(seen(links, table), seen(linked(table), table), `step ${step}`);
      }
    });
  }

  test('nothing changes', () => {
    const table = new Parents();
    const links = linked(table);
    links.link(/** @type {any} */ (table));
    assert.deepEqual(seen(links, table), seen(linked(table), table));
  });
});
