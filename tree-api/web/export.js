import { button, el, setText } from './dom.js';
import { formatCount } from './format.js';
import { withIcon } from './icons.js';
import { Menu } from './menu.js';
import { toCSV, toJSON } from './export-text.js';

/** @import { Shown } from './export-text.js' */

const REVOKE_MILLISECONDS = 60_000;

/** The button that saves or prints the rows of the table, whether they are in view or not. */
export class ExportMenu {
  menu;
  #shown;
  #count = el('p', { class: 'muted' });

  /** @param {() => Shown} shown What the table shows now. */
  constructor(shown) {
    this.#shown = shown;
    this.menu = new Menu('Export', { id: 'export', title: 'Save or print the rows of the table', onOpen: (panel) => this.#fill(panel) });
    withIcon('save', this.menu.button).setAttribute('aria-label', 'Export');
  }

  /** @param {HTMLElement} panel */
  #fill(panel) {
    const { model, columns } = this.#shown();
    setText(this.#count, `${formatCount(model.rows().length)} rows, ${columns.length} columns: those of the table. Sizes are in bytes, times in seconds.`);
    panel.replaceChildren(
      el('h2', {}, 'Export'), this.#count,
      el('div', { class: 'tools' },
        button('CSV', { class: 'tool', title: 'Save as CSV, for a spreadsheet' }, () => this.#save('csv', 'text/csv', toCSV)),
        button('JSON', { class: 'tool', title: 'Save as JSON, for a program' }, () => this.#save('json', 'application/json', toJSON)),
        button('Print…', { class: 'tool', title: 'Print, or save as PDF' }, () => { this.menu.close(); print(); })),
    );
  }

  /** @param {string} ending @param {string} type @param {(shown: Shown) => string} write */
  #save(ending, type, write) {
    const shown = this.#shown();
    const href = URL.createObjectURL(new Blob([write(shown)], { type }));
    el('a', { href, download: fileName(shown, ending) }).click();
    // The browser may read the blob after this returns.
    setTimeout(() => URL.revokeObjectURL(href), REVOKE_MILLISECONDS);
    this.menu.close();
  }
}

/** "processes-web-1-20261129T061500Z.csv": nothing in it needs quotes. @param {Shown} shown @param {string} ending */
function fileName({ host = '', time }, ending) {
  const moment = new Date(time * 1000).toISOString().replace(/\.\d+|[-:]/g, '');
  return ['processes', host.replace(/[^\w.-]+/g, '_'), moment].filter(Boolean).join('-') + `.${ending}`;
}
