/**
 * Values as people read them. What is not known is UNKNOWN and never 0.
 */

export const UNKNOWN = '\u2013';

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];

/** @param {number|undefined} value */
const isKnown = (value) => value !== undefined && !Number.isNaN(value);

/** Three figures or so: 9.87, 98.7, 987. @param {number} value */
function short(value) {
  if (value >= 99.95) return value.toFixed(0);
  return value >= 9.995 ? value.toFixed(1) : value.toFixed(2);
}

/** @param {number|undefined} bytes */
export function formatBytes(bytes) {
  if (bytes === undefined || !isKnown(bytes)) return UNKNOWN;
  if (bytes === 0) return '0';
  let unit = 0;
  while (bytes >= 1023.5 && unit < UNITS.length - 1) {
    bytes /= 1024;
    unit++;
  }
  return `${unit === 0 ? bytes.toFixed(0) : short(bytes)} ${UNITS[unit]}`;
}

/** @param {number|undefined} bytesPerSecond */
export function formatRate(bytesPerSecond) {
  const text = formatBytes(bytesPerSecond);
  return text === UNKNOWN || text === '0' ? text : `${text}/s`;
}

/** @param {number|undefined} cores */
export function formatCores(cores) {
  if (cores === undefined || !isKnown(cores)) return UNKNOWN;
  if (cores === 0) return '0';
  return cores < 0.005 ? '<0.01' : short(cores);
}

/** @param {number|undefined} ratio From 0 to 1. */
export function formatPercent(ratio) {
  if (ratio === undefined || !isKnown(ratio)) return UNKNOWN;
  const percent = ratio * 100;
  return `${percent !== 0 && Math.abs(percent) < 9.95 ? percent.toFixed(1) : percent.toFixed(0)} %`;
}

/** @param {number|undefined} count */
export function formatCount(count) {
  if (count === undefined || !isKnown(count)) return UNKNOWN;
  // A formatter of the browser's own would first load the rules of all languages.
  return String(Math.round(count)).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** The two largest parts: "3d 4h", "12m 5s". @param {number|undefined} seconds */
export function formatDuration(seconds) {
  if (seconds === undefined || !isKnown(seconds)) return UNKNOWN;
  const s = Math.max(0, Math.floor(seconds));
  if (s < 60) return `${s}s`;
  if (s < 3600) return `${Math.floor(s / 60)}m ${s % 60}s`;
  if (s < 86400) return `${Math.floor(s / 3600)}h ${Math.floor((s % 3600) / 60)}m`;
  return `${Math.floor(s / 86400)}d ${Math.floor((s % 86400) / 3600)}h`;
}

/** CPU time as "1:02:03.45", in which tools show it. @param {number|undefined} seconds */
export function formatCPUTime(seconds) {
  if (seconds === undefined || !isKnown(seconds)) return UNKNOWN;
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  const rest = (seconds % 60).toFixed(hours > 0 ? 0 : 2).padStart(hours > 0 ? 2 : 5, '0');
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${rest}` : `${minutes}:${rest}`;
}

/** Some languages put marks of direction into dates, which the page would show as escapes (visible.js). @param {string} text */
export const withoutMarks = (text) => text.replace(/[\u061c\u200e\u200f]/g, '');

/** Date and time as the reader's place writes them. @param {number|undefined} unixSeconds */
export function formatTime(unixSeconds) {
  if (unixSeconds === undefined || !isKnown(unixSeconds)) return UNKNOWN;
  return withoutMarks(new Date(unixSeconds * 1000).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'medium' }));
}

/** @param {number|undefined} unixSeconds */
export function formatClock(unixSeconds) {
  if (unixSeconds === undefined || !isKnown(unixSeconds)) return UNKNOWN;
  return withoutMarks(new Date(unixSeconds * 1000).toLocaleTimeString());
}
