import { type GrafanaTheme2, colorManipulator } from '@grafana/data';
import { occurrences } from '../../../../tree-api/web/model/occurrences.js';
import { visible } from '../../../../tree-api/web/visible.js';
import type { Column, ShownValue } from '../frame/columns.ts';
import { metricOf } from '../frame/known.ts';
import type { PanelOptions } from '../options.ts';
import type { Tree } from '../tree.ts';
import { type Palette, fullHeat, hasOwnColors, heatOf, paletteOf } from './heat.ts';

/** Stands for a value that is not known. */
export const UNKNOWN = '\u2013';

const MOST_LETTERS = 240;
const BACKGROUND = 0.35;
const DEFAULT_HEAT = 'blue';
/** Of what has become more, or less. */
const MORE = 'orange';
const LESS = 'blue';

/** What a cell shows. */
export interface Cell {
  text: string;
  /** Of the text. */
  color?: string;
  background?: string;
  /** How much of the cell a bar fills, from 0 to 1. */
  bar?: number;
  /** Whether the value says little: 0 or not known. */
  isFaint: boolean;
  /** What of the text a search has found, from where to where; absent for nothing. */
  marks?: ReadonlyArray<readonly [number, number]>;
}

/** What is the same for all rows of one drawing. */
export interface Paint {
  tree: Tree;
  columns: readonly Column[];
  /** What is searched for, in lower case. */
  words: readonly string[];
  options: PanelOptions;
  isTree: boolean;
  /** By column, where it is coloured by heat. */
  heats: ReadonlyMap<string, Heat>;
}

/** How a column is coloured by size. */
export interface Heat {
  palette: Palette;
  full: number;
  /** Of what has become less. */
  less?: Palette;
}

/** The colours of all columns for the values that the tree has now. */
export function heatsOf(theme: GrafanaTheme2, { model }: Tree, columns: readonly Column[]): Map<string, Heat> {
  const heats = new Map<string, Heat>();
  for (const column of columns) {
    if (column.cell === 'change' || column.cell === 'state') {
      heats.set(column.key, { palette: paletteOf(theme, MORE), less: paletteOf(theme, LESS), full: column.isNumber ? largestChange(model.column(column.key)) : 1 });
      continue;
    }
    if (!column.isNumber || (column.cell !== 'heat' && column.cell !== 'color-background' && column.cell !== 'gauge')) continue;
    const fixed = column.field.config.color?.mode === 'fixed' ? column.field.config.color.fixedColor : undefined;
    heats.set(column.key, {
      palette: paletteOf(theme, fixed ?? column.heat.heat ?? DEFAULT_HEAT),
      full: fullHeat(column, model.column(column.key)),
    });
  }
  return heats;
}

function largestChange(values: Float64Array): number {
  let most = 0;
  for (const value of values) if (Math.abs(value) > most) most = Math.abs(value);
  return most;
}

/** What stands in the cell of a column, in the row of a slot. */
export function cellOf(paint: Paint, column: Column, slot: number, isFolded: boolean): Cell {
  if (paint.tree.model.isBranch(slot)) return branchCell(paint, column, slot);
  const cell = column.isNumber ? numberCell(paint, column, slot, isFolded) : textCell(paint, column, slot);
  if (paint.words.length === 0 || !paint.tree.table.columns.searched.includes(column.key)) return cell;
  const marks = occurrences(cell.text, paint.words);
  return marks.length > 0 ? { ...cell, marks } : cell;
}

/** What rows have in common has a name and sums, and nothing of the frame. */
function branchCell({ tree: { model }, heats }: Paint, column: Column, slot: number): Cell {
  if (column.isLabel) return { text: visible(model.text(slot, column.key)), isFaint: false };
  const value = column.isNumber && column.isSummed ? model.branchNumber(slot, column.key) : NaN;
  if (Number.isNaN(value)) return { text: '', isFaint: true };
  const shown = column.show(value);
  return { text: shown.text, isFaint: value === 0, ...colorsOf(column, value, shown, heats.get(column.key)) };
}

function numberCell({ tree: { model, table }, options, isTree, heats }: Paint, column: Column, slot: number, isFolded: boolean): Cell {
  const isSum = column.isSummed && isTree && (isFolded || options.sums === 'always');
  // Of the frame: the table need not take in a column for the few rows that are seen.
  const value = isSum ? model.branchNumber(slot, column.key) : column.field.values[table.rowOf[slot]];
  if (typeof value !== 'number' || Number.isNaN(value)) return { text: column.field.config.noValue ?? UNKNOWN, isFaint: true };
  const shown = column.show(value);
  return { text: shown.text, isFaint: value === 0, ...colorsOf(column, value, shown, heats.get(column.key)) };
}

function textCell({ tree: { table }, heats }: Paint, column: Column, slot: number): Cell {
  const text = column.textOf(column.field.values[table.rowOf[slot]]);
  if (text === '') return { text: column.field.config.noValue ?? UNKNOWN, isFaint: true };
  // Any local user chooses names and command lines; links and searches use the text itself.
  const cell: Cell = { text: visible(text.length <= MOST_LETTERS ? text : `${text.slice(0, MOST_LETTERS)}…`), isFaint: false };
  if (column.cell === 'state') {
    const heat = heats.get(column.key);
    return { ...cell, background: (text === 'new' ? heat?.palette : heat?.less)?.at(-1) };
  }
  const isMapped = (column.field.config.mappings?.length ?? 0) > 0;
  if (!isMapped && column.cell === 'text') return cell;
  const shown = column.show(column.field.values[table.rowOf[slot]]);
  if (isMapped && column.cell === 'text') return { ...cell, color: hasMappedColor(column, shown) ? shown.color : undefined };
  return { ...cell, ...colorsOf(column, NaN, shown, undefined) };
}

/** A mapping need not name a colour; then the value has that of the thresholds, which nobody asked for. */
function hasMappedColor(column: Column, shown: ShownValue): boolean {
  return column.field.config.mappings!.some((mapping) => Object.values(mapping.type === 'value' ? mapping.options : { one: mapping.options.result })
    .some((result) => result?.color && (result.text ?? shown.text) === shown.text));
}

function colorsOf(column: Column, value: number, shown: ShownValue, heat: Heat | undefined): Partial<Cell> {
  const own = shown.color && hasOwnColors(column.field) ? shown.color : undefined;
  switch (column.cell) {
    case 'change': return { background: heat && (value < 0 ? heatOf(heat.less!, -value, heat.full) : heatOf(heat.palette, value, heat.full)) };
    case 'color-text': return { color: shown.color };
    case 'gauge': return { bar: share(value, heat), background: own ?? heat?.palette[heat.palette.length - 1] };
    case 'heat':
    case 'color-background':
      if (own && column.field.config.color?.mode !== 'fixed') return { background: colorManipulator.alpha(own, BACKGROUND) };
      if (heat) return { background: heatOf(heat.palette, value, heat.full) };
      return { background: shown.color && colorManipulator.alpha(shown.color, BACKGROUND) };
    default: return {};
  }
}

const share = (value: number, heat: Heat | undefined): number => (heat && heat.full > 0 ? Math.max(0, Math.min(1, value / heat.full)) : 0);

/** The text shown when the pointer rests on a cell: what the cell has no room for. */
export function titleOf({ tree: { model, table } }: Paint, column: Column, slot: number): string {
  if (!column.isNumber) return visible(model.text(slot, column.key));
  if (!column.isSummed || !model.isExpandable(slot)) return '';
  if (model.isBranch(slot)) return `Sum of ${model.branchSize(slot)} rows${summedMemory(model, table.columns.sumsFrom?.[column.key], column, slot)}`;
  const format = (value: number) => (Number.isNaN(value) ? UNKNOWN : column.show(value).text);
  return `${column.title}: ${format(model.number(slot, column.key))} itself, ${format(model.branchNumber(slot, column.key))} with all ${model.branchSize(slot) - 1} below it${summedMemory(model, table.columns.sumsFrom?.[column.key], column, slot)}`;
}

/** What a sum of memory is a sum of, as the page says it; "" for a sum of something else. */
function summedMemory(model: Tree['model'], pss: string | undefined, { field }: Column, slot: number): string {
  if (metricOf(field.name) !== 'memory') return '';
  if (pss === undefined || Number.isNaN(model.branchNumber(slot, pss))) return ` (sum of RSS; shared pages counted up to ${model.branchSize(slot)} times)`;
  return ' (sum of PSS, which divides shared pages; RSS where PSS is not known)';
}
