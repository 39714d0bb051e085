import { el } from './dom.js';

/**
 * Puts a text into the clipboard. The browser's own interface is there only on pages that
 * came over TLS or from this host; elsewhere the text is selected in a field and copied by
 * the older command.
 * @param {string} text
 * @returns {Promise<boolean>} Whether it worked.
 */
export async function copyText(text) {
  if (isSecureContext && navigator.clipboard) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      // Refused, for example in a frame without the permission.
    }
  }
  const focused = /** @type {HTMLElement|null} */ (document.activeElement);
  const field = el('textarea', { class: 'unseen', 'aria-hidden': 'true', tabindex: '-1', readonly: true });
  field.value = text;
  document.body.append(field);
  field.select();
  const copied = document.execCommand('copy');
  field.remove();
  focused?.focus({ preventScroll: true });
  return copied;
}
