/**
 * Turns argument vectors into text that a shell reads back as the same arguments. Any local
 * user can choose the arguments of a process: pasted text must never run a part of them.
 */

/** What needs no quotes in any POSIX shell. */
const PLAIN = /^[A-Za-z0-9_@%+=:,./-]+$/;
/** A terminal acts on these, also inside quotes: an escape can end a bracketed paste. */
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/;

/**
 * Quotes for a POSIX shell (XCU 2.2). Arguments with control characters are written as
 * $'…', which bash, zsh, ksh and, since POSIX.1-2024, every shell understands.
 * @param {readonly string[]} args
 */
export function quotePosix(args) {
  return args.map((arg) => {
    if (PLAIN.test(arg)) return arg;
    if (!CONTROL.test(arg)) return `'${arg.replaceAll('\'', `'\\''`)}'`;
    return `$'${arg.replace(/[\\'\u0000-\u001f\u007f-\u009f]/g, escape)}'`;
  }).join(' ');
}

/** @param {string} character */
function escape(character) {
  if (character === '\\' || character === '\'') return `\\${character}`;
  // Beyond 7F a character has two bytes in UTF-8.
  return [...new TextEncoder().encode(character)].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('');
}

/**
 * Quotes as CommandLineToArgvW and the C runtime of Windows read it: backslashes are doubled
 * before a quote only. Control characters cannot be written; they become spaces.
 * @param {readonly string[]} args
 */
export function quoteWindows(args) {
  return args.map((arg) => {
    const text = arg.replace(new RegExp(CONTROL, 'g'), ' ');
    if (text !== '' && !/[\s"&|<>^%!();,'`$@{}]/.test(text)) return text;
    return `"${text.replace(/(\\*)"/g, '$1$1\\"').replace(/\\+$/, '$&$&')}"`;
  }).join(' ');
}

/**
 * One argument a line, for reading. A line break in an argument is shown as \n, a backslash
 * as \\, so that each line is one argument.
 * @param {readonly string[]} args
 */
export const perLine = (args) => args.map((arg) => arg.replace(/[\\\u0000-\u001f\u007f-\u009f]/g, readable)).join('\n');

/** @param {string} character */
function readable(character) {
  if (character === '\\') return '\\\\';
  if (character === '\n') return '\\n';
  if (character === '\t') return '\\t';
  return `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
}
