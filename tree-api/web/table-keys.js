/** @import { TreeModel } from './tree-model.js' */
/** @import { TreeTable } from './table.js' */

/**
 * @typedef {object} Actions
 * @property {(id: string) => void} open
 * @property {(id: string, open: boolean) => void} expand
 * @property {(open: boolean) => void} expandAll
 */

/** What the arrows and the keys of a tree do; `+` and `-` are those of a number pad. */
const KEYS = /** @type {Record<string, (table: TreeTable, model: TreeModel, on: Actions) => void>} */ ({
  ArrowDown: (table) => table.moveTo(table.cursor === undefined ? 0 : table.cursorIndex + 1),
  ArrowUp: (table) => table.moveTo(table.cursorIndex - 1),
  PageDown: (table) => table.moveTo(table.cursorIndex + table.pageLength),
  PageUp: (table) => table.moveTo(table.cursorIndex - table.pageLength),
  Home: (table) => table.moveTo(0),
  End: (table, model) => table.moveTo(model.rows().length - 1),
  ArrowRight: openOrEnter,
  ArrowLeft: foldOrLeave,
  Enter: openOrToggle,
  n: (table) => table.moveToMatch(1),
  N: (table) => table.moveToMatch(-1),
  ' ': toggle,
  '+': (table, model, on) => setExpanded(table, model, on, true),
  '-': (table, model, on) => setExpanded(table, model, on, false),
  '*': (_table, _model, on) => on.expandAll(true),
  _: (_table, _model, on) => on.expandAll(false),
});

/**
 * Answers a key pressed while the table has the focus.
 * @param {KeyboardEvent} event
 * @param {TreeTable} table
 * @param {TreeModel} model
 * @param {Actions} on
 */
export function handleKey(event, table, model, on) {
  // With Control they do the same where whole rows have the focus (ARIA Authoring Practices, treegrid).
  const isEnd = event.key === 'Home' || event.key === 'End';
  if (event.target !== event.currentTarget || event.ctrlKey && !isEnd || event.metaKey || event.altKey) return;
  const action = KEYS[event.key];
  if (!action || model.rows().length === 0) return;
  event.preventDefault();
  action(table, model, on);
}

/** The slot of the cursor, -1 for none. @param {TreeTable} table @param {TreeModel} model */
const cursorSlot = (table, model) => (table.cursor === undefined ? -1 : model.slotOf(table.cursor));

/** @param {TreeTable} table @param {TreeModel} model @param {Actions} on */
function openOrEnter(table, model, on) {
  const slot = cursorSlot(table, model);
  if (slot < 0 || !model.isExpandable(slot)) return;
  if (model.isExpanded(slot)) table.moveTo(table.cursorIndex + 1);
  else on.expand(model.idOf(slot), true);
}

/** @param {TreeTable} table @param {TreeModel} model @param {Actions} on */
function foldOrLeave(table, model, on) {
  const slot = cursorSlot(table, model);
  if (slot < 0) return;
  if (model.isExpanded(slot)) {
    on.expand(model.idOf(slot), false);
    return;
  }
  const parent = model.parentOf(slot);
  if (parent >= 0 && model.rows().depths[table.cursorIndex] > 0) table.moveTo(model.rows().indexOf(parent));
}

/** There are no details of what is no process. @param {TreeTable} table @param {TreeModel} model @param {Actions} on */
function openOrToggle(table, model, on) {
  if (model.isBranch(cursorSlot(table, model))) toggle(table, model, on);
  else if (table.cursor !== undefined) on.open(table.cursor);
}

/** @param {TreeTable} table @param {TreeModel} model @param {Actions} on */
function toggle(table, model, on) {
  const slot = cursorSlot(table, model);
  if (slot >= 0) setExpanded(table, model, on, !model.isExpanded(slot));
}

/** @param {TreeTable} table @param {TreeModel} model @param {Actions} on @param {boolean} open */
function setExpanded(table, model, on, open) {
  const slot = cursorSlot(table, model);
  if (slot >= 0 && model.isExpandable(slot)) on.expand(model.idOf(slot), open);
}
