/** The widths that a person gives to columns, in pixels by the column's key. @typedef {Readonly<Record<string, number>>} Widths */

import { TABLE_COLUMNS } from './table-columns.js';

export const LEAST_WIDTH = 48;
export const MOST_WIDTH = 2000;
/** How far one press of a key goes, in pixels. */
const KEY_STEP = 16;

/** @param {number} width */
export const bounded = (width) => Math.round(Math.min(MOST_WIDTH, Math.max(LEAST_WIDTH, width)));

/**
 * Reads "name:320,cmdline:400"; what makes no sense is left out.
 * @param {string|null} text
 * @returns {Widths|undefined} undefined if there is none.
 */
export function parseWidths(text) {
  const widths = (text ?? '').split(',').map((part) => part.split(':'))
    .filter(([key, width]) => TABLE_COLUMNS.some((c) => c.key === key) && /^\d{1,5}$/.test(width ?? ''))
    .map(([key, width]) => [key, bounded(Number(width))]);
  return widths.length > 0 ? Object.fromEntries(widths) : undefined;
}

/** @param {Widths|undefined} widths */
export const formatWidths = (widths = {}) => Object.entries(widths).map(([key, width]) => `${key}:${width}`).join(',');

/**
 * The widths after one column got another one.
 * @param {Widths|undefined} widths
 * @param {string} key
 * @param {number|undefined} width undefined: the column's own.
 * @returns {Widths|undefined}
 */
export function withWidth(widths, key, width) {
  const { [key]: _, ...rest } = widths ?? {};
  if (width !== undefined) return { ...rest, [key]: bounded(width) };
  return Object.keys(rest).length > 0 ? rest : undefined;
}

/**
 * The width that a key asks for: arrows change it, Home is the default.
 * @param {string} key
 * @param {number} width The width now.
 * @returns {{width: number|undefined}|undefined} undefined if the key means nothing here.
 */
export function widthByKey(key, width) {
  if (key === 'ArrowLeft') return { width: width - KEY_STEP };
  if (key === 'ArrowRight') return { width: width + KEY_STEP };
  return key === 'Home' ? { width: undefined } : undefined;
}
