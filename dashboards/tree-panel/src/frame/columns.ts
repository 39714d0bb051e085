import { type DataFrame, type Field, FieldType, formattedValueToString, getFieldDisplayName } from '@grafana/data';
import type { CellType, FieldOptions, PanelOptions } from '../options.ts';
import type { TreeFields } from './fields.ts';
import { type Known, known } from './known.ts';
import { textReader } from './values.ts';

/** A value as text, with the colour that its thresholds, its scheme or its mapping give it. */
export interface ShownValue {
  text: string;
  color?: string;
}

/** A column of the table: a field, and how it is shown. */
export interface Column {
  /** The field's name, by which the state of the table refers to it. */
  key: string;
  title: string;
  field: Field;
  /** A number or a time, aligned as such and sorted by value. */
  isNumber: boolean;
  isLabel: boolean;
  /** A value as the field's config wants it shown. */
  show: (value: unknown) => ShownValue;
  /** A value as a text to be searched and sorted by; "" if it is not known. */
  textOf: (value: unknown) => string;
  /** Whether a branch has a sum of it. */
  isSummed: boolean;
  /** Of a comparison of two moments: change is coloured by its sign and size, state by what it says. */
  cell: Exclude<CellType, 'auto'> | 'heat' | 'change' | 'state';
  heat: Pick<Known, 'heat' | 'heatFull'>;
  /** In pixels. */
  width: number;
  grow: number;
  /** The panel's width in pixels from which the column is shown unless a person chose. */
  from: number;
}

const NUMBER_WIDTH = 90;
/** For "2026-11-22 11:14:11.198". */
const TIME_WIDTH = 190;
const TEXT_WIDTH = 130;
const LABEL_WIDTH = 230;

/** The columns that can be shown, the label first. Keys are unique: of two fields with one name the first counts. */
export function columnsOf(frame: DataFrame, fields: TreeFields, allFrames: DataFrame[], options: PanelOptions): Column[] {
  const columns = new Map<string, Column>();
  for (const field of fields.columns) {
    if (columns.has(field.name) || isHidden(field)) continue;
    columns.set(field.name, columnOf(field, getFieldDisplayName(field, frame, allFrames), field === fields.label, options));
  }
  return [...columns.values()];
}

const custom = (field: Field): FieldOptions => (field.config.custom ?? {}) as FieldOptions;

/** Hidden here or by the option that Grafana's own table has. */
function isHidden(field: Field): boolean {
  const { hideFrom } = (field.config.custom ?? {}) as { hideFrom?: { viz?: boolean } };
  return custom(field).hidden === true || hideFrom?.viz === true;
}

function columnOf(field: Field, title: string, isLabel: boolean, options: PanelOptions): Column {
  const { width, hidden, sum = 'auto', compared, comparedField } = custom(field);
  const facts = isLabel ? {} : compared ? factsCompared(compared, comparedField) : known(field.name);
  const isNumber = field.type === FieldType.number || field.type === FieldType.time;
  const show = compared === 'change' ? withSign(shower(field)) : shower(field);
  return {
    key: field.name,
    title,
    field,
    isNumber,
    isLabel,
    show,
    textOf: textReader(field, (value) => show(value).text),
    isSummed: options.sums !== 'never' && field.type === FieldType.number && (sum === 'auto' ? facts.sum === true : sum === 'yes'),
    cell: cellOf(field, facts, options),
    heat: facts,
    width: width ?? (isLabel ? LABEL_WIDTH : facts.width) ?? usualWidth(field),
    grow: width ? 0 : isLabel ? 1.3 : facts.grow ?? (isNumber ? 0 : 0.4),
    from: isLabel || hidden === false ? 0 : facts.from ?? 0,
  };
}

function cellOf(field: Field, facts: Known, { heat }: PanelOptions): Column['cell'] {
  const { cellOptions: { type = 'auto' } = {}, compared } = custom(field);
  if (compared === 'state' || compared === 'change') return compared;
  if (type !== 'auto') return type;
  return heat && facts.heat && field.type === FieldType.number ? 'heat' : 'text';
}

/** What is known of a column of a comparison. What a value was before stands only where there is room for both. */
function factsCompared(compared: NonNullable<FieldOptions['compared']>, field = ''): Known {
  if (compared === 'state') return { width: 84, from: 0 };
  const { heat: _, from = 0, width = NUMBER_WIDTH, ...facts } = known(field);
  const room = compared === 'before' ? 640 : 0;
  return { ...facts, width: width + 24, from: from === 0 ? room : from * 1.5 };
}

/** A change for the worse and one for the better are told apart without colours, too. */
const withSign = (show: Column['show']): Column['show'] => (value) => {
  const shown = show(value);
  return typeof value === 'number' && value > 0 ? { ...shown, text: `+${shown.text}` } : shown;
};

/**
 * Most values of a column are the same few, such as 0. To format one takes longer than
 * anything else in a cell, so that each is formatted once for a frame.
 */
function shower({ display }: Field): Column['show'] {
  if (!display) return (value) => ({ text: String(value) });
  const known = new Map<unknown, ShownValue>();
  return (value) => {
    let shown = known.get(value);
    if (!shown) {
      const made = display(value);
      shown = { text: formattedValueToString(made), color: made.color };
      known.set(value, shown);
    }
    return shown;
  };
}

function usualWidth({ type }: Field): number {
  if (type === FieldType.time) return TIME_WIDTH;
  return type === FieldType.number ? NUMBER_WIDTH : TEXT_WIDTH;
}

/**
 * The columns to show: those the person chose, else those that fit; always the label.
 * @param width The panel's, in pixels.
 */
export function columnsToShow(columns: readonly Column[], chosen: readonly string[] | undefined, width: number): Column[] {
  return columns.filter((c) => c.isLabel || (chosen ? chosen.includes(c.key) : width >= c.from));
}

/** Tells whether a table made for some columns serves others too. */
export function signature(columns: readonly Column[]): string {
  return JSON.stringify(columns.map(({ key, isNumber, isSummed }) => [key, isNumber, isSummed]));
}
