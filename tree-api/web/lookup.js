import { get } from './api.js';

/** @import { TreeModel } from './tree-model.js' */

/** How often the exporter is asked again, while the search stays the same. */
const EVERY_MILLISECONDS = 5000;

/** Asks the exporter who has a port or a file open, for as long as the search wants to know. */
export class Lookup {
  #model;
  #onChange;
  /** @type {ReturnType<typeof setTimeout>|undefined} */
  #timer;
  /** The questions that are being asked. */
  #asked = 'false\n';
  /** What to say below the search box. */
  note = '';
  /** Whether a moment of the recording is shown, which has neither ports nor files. */
  past = false;

  /** @param {TreeModel} model @param {() => void} onChange Called when there is an answer, or another note. */
  constructor(model, onChange) {
    this.#model = model;
    this.#onChange = onChange;
  }

  /** To be called when the search has changed. */
  follow() {
    const questions = this.#model.questions;
    const asked = `${this.past}\n${questions.join('\n')}`;
    if (asked === this.#asked) return;
    this.#asked = asked;
    clearTimeout(this.#timer);
    if (questions.length === 0 || this.past) {
      this.note = questions.length === 0 ? '' : 'Open ports and files are not recorded: go back to the present to search for them.';
      for (const question of questions) this.#model.answer(question, new Set());
      return;
    }
    this.note = 'Looking for open ports and files …';
    this.#timer = setTimeout(() => this.#ask(questions, asked), 200);
  }

  /** @param {string[]} questions @param {string} asked */
  async #ask(questions, asked) {
    let note = '';
    for (const question of document.hidden ? [] : questions) {
      try {
        const answer = await get(`api/v1/processes?${new URLSearchParams({ q: question })}`);
        this.#model.answer(question, new Set(answer.processes.map((/** @type {{id: string}} */ p) => p.id)));
        if (answer.unread > 0) note = `${answer.unread} processes could not be looked into; the exporter needs more privileges`;
      } catch (error) {
        note = error instanceof Error ? error.message : String(error);
      }
    }
    if (asked !== this.#asked) return;
    this.note = note;
    this.#onChange();
    this.#timer = setTimeout(() => this.#ask(questions, asked), EVERY_MILLISECONDS);
  }
}
