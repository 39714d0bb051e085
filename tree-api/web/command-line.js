import { copyText } from './clipboard.js';
import { button, el, setText } from './dom.js';
import { perLine, quotePosix, quoteWindows } from './quote.js';
import { visible } from './visible.js';

const SAID_MILLISECONDS = 2000;

/**
 * The command line of a process, quoted so that a shell reads it back as it is, with buttons
 * to copy it and to show one argument a line.
 * @param {string[]|undefined} args
 * @param {boolean} windows Whether to quote as Windows does.
 * @returns {HTMLElement[]}
 */
export function commandLine(args, windows) {
  if (!args?.length) return [];
  const quoted = windows ? quoteWindows(args) : quotePosix(args);
  const code = el('code', {}, quoted);
  // What is shown is for eyes; what is copied is exact.
  let text = quoted;
  const copy = copyButton('Copy', () => text);
  const lines = button('One per line', { class: 'tool', 'aria-pressed': 'false', title: 'Show one argument per line' }, () => {
    const pressed = lines.getAttribute('aria-pressed') !== 'true';
    lines.setAttribute('aria-pressed', String(pressed));
    text = pressed ? perLine(args) : quoted;
    code.textContent = text.split('\n').map(visible).join('\n');
  });
  return [el('div', { class: 'command' }, code, el('div', { class: 'tools' }, copy, args.length > 1 && lines))];
}

/**
 * A button that copies a text and says whether that worked.
 * @param {string} label
 * @param {() => string} text
 */
export function copyButton(label, text) {
  const copy = button(label, { class: 'tool' }, async () => {
    setText(copy, await copyText(text()) ? 'Copied' : 'Not allowed: select the text and copy it');
    setTimeout(() => setText(copy, label), SAID_MILLISECONDS);
  });
  return copy;
}
