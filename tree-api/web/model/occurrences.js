/**
 * Where words occur in a text; what overlaps is joined.
 * @param {string} text
 * @param {readonly string[]} words
 * @returns {[number, number][]}
 */
export function occurrences(text, words) {
  const lower = text.toLowerCase();
  // Some letters change their length in lower case; then positions mean nothing.
  if (lower.length !== text.length) return [];
  /** @type {[number, number][]} */
  const found = [];
  for (const word of words) {
    for (let at = lower.indexOf(word); at >= 0; at = lower.indexOf(word, at + word.length)) found.push([at, at + word.length]);
  }
  found.sort((a, b) => a[0] - b[0]);
  /** @type {[number, number][]} */
  const joined = [];
  for (const [from, to] of found) {
    const last = joined[joined.length - 1];
    if (last && from <= last[1]) last[1] = Math.max(last[1], to);
    else joined.push([from, to]);
  }
  return joined;
}
