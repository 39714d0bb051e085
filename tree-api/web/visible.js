/**
 * Shows characters that cannot be seen. Any local user chooses names and arguments of processes: characters
 * that turn the direction of writing make "v\u202efdp.x" look like "vx.pdf", and others let two names look alike.
 */

/** What needs no second look. */
const PLAIN = /^[\x20-\x7e]*$/;
/** Control, format, private and unassigned characters, ends of lines and paragraphs, and letters without a glyph (Hangul fillers). */
const HIDDEN = /[\p{C}\p{Zl}\p{Zp}\u115f\u1160\u3164\uffa0]/gu;

/**
 * A text as it may be shown: hidden characters are written as in a Go string, as the terminal does
 * (docs/terminal.md). It is for eyes alone; what is copied, searched or sent stays exact.
 * @param {string} text
 */
export const visible = (text) => (PLAIN.test(text) ? text : text.replace(HIDDEN, escape));

/** @param {string} character */
function escape(character) {
  if (character === '\n') return '\\n';
  if (character === '\t') return '\\t';
  const code = /** @type {number} */ (character.codePointAt(0));
  const [letter, digits] = code < 0x80 ? ['x', 2] : code <= 0xffff ? ['u', 4] : ['U', 8];
  return `\\${letter}${code.toString(16).padStart(Number(digits), '0')}`;
}
