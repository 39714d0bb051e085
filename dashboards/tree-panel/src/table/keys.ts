import { NONE } from '../../../../tree-api/web/model/links.js';
import type { TreeModel } from '../../../../tree-api/web/tree-model.js';

/** What a key asks for. */
export type Command =
  | { do: 'move'; row: number }
  | { do: 'expand'; slots: number[]; open: boolean }
  | { do: 'follow'; slot: number };

/** Where the cursor is. */
export interface Place {
  /** The row of the cursor, NONE for none. */
  row: number;
  /** How many whole rows can be seen. */
  page: number;
}

type Answer = (model: TreeModel<any>, place: Place) => Command | undefined;

/** The keys of a tree grid (WAI-ARIA Authoring Practices); `+` and `-` are those of a number pad. */
const KEYS: Record<string, Answer> = {
  ArrowDown: (_, { row }) => ({ do: 'move', row: row + 1 }),
  ArrowUp: (_, { row }) => ({ do: 'move', row: row - 1 }),
  PageDown: (_, { row, page }) => ({ do: 'move', row: row + page }),
  PageUp: (_, { row, page }) => ({ do: 'move', row: row - page }),
  Home: () => ({ do: 'move', row: 0 }),
  End: (model) => ({ do: 'move', row: model.rows().length - 1 }),
  ArrowRight: openOrEnter,
  ArrowLeft: foldOrLeave,
  ' ': (model, place) => fold(model, place, !isOpen(model, place)),
  '+': (model, place) => fold(model, place, true),
  '-': (model, place) => fold(model, place, false),
  '*': openSiblings,
  Enter: follow,
};

/** What a key asks for in a table with rows; undefined for nothing. */
export function commandOf(key: string, model: TreeModel<any>, place: Place): Command | undefined {
  return Object.hasOwn(KEYS, key) && model.rows().length > 0 ? KEYS[key](model, place) : undefined;
}

const slotAt = (model: TreeModel<any>, { row }: Place): number => (row === NONE ? NONE : model.rows().slots[row]);

const isOpen = (model: TreeModel<any>, place: Place): boolean => slotAt(model, place) !== NONE && model.isExpanded(slotAt(model, place));

function fold(model: TreeModel<any>, place: Place, open: boolean): Command | undefined {
  const slot = slotAt(model, place);
  return slot !== NONE && model.isExpandable(slot) ? { do: 'expand', slots: [slot], open } : undefined;
}

function openOrEnter(model: TreeModel<any>, place: Place): Command | undefined {
  return isOpen(model, place) ? { do: 'move', row: place.row + 1 } : fold(model, place, true);
}

function foldOrLeave(model: TreeModel<any>, place: Place): Command | undefined {
  if (isOpen(model, place)) return fold(model, place, false);
  const slot = slotAt(model, place);
  if (slot === NONE || model.rows().depths[place.row] === 0) return undefined;
  return { do: 'move', row: model.rows().indexOf(model.parentOf(slot)) };
}

/** What rows have in common leads nowhere: it opens or folds. */
function follow(model: TreeModel<any>, place: Place): Command | undefined {
  const slot = slotAt(model, place);
  if (slot === NONE) return undefined;
  return model.isBranch(slot) ? fold(model, place, !isOpen(model, place)) : { do: 'follow', slot };
}

/** Opens the row of the cursor and all beside it. */
function openSiblings(model: TreeModel<any>, place: Place): Command | undefined {
  const slot = slotAt(model, place);
  if (slot === NONE) return undefined;
  const rows = model.rows();
  const slots: number[] = [];
  for (let row = 0; row < rows.length; row++) {
    const other = rows.slots[row];
    if (model.parentOf(other) === model.parentOf(slot) && model.isExpandable(other)) slots.push(other);
  }
  return { do: 'expand', slots, open: true };
}
