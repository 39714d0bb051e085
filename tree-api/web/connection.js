import { button, el, setHidden, setText } from './dom.js';
import { withIcon } from './icons.js';
import { formatClock } from './format.js';
import { Menu, choiceLine } from './menu.js';
import { INTERVALS } from './interval.js';

/** @import { Connection } from './stream.js' */

/** The state of the stream at the top of the page, and the notice below it when it is not well. */
export class ConnectionBar {
  #status = new Menu('Connecting', { id: 'status', class: 'status drop', title: 'Interval of updates', onOpen: (panel) => this.#fillIntervals(panel) });
  #pause = withIcon('pause', button('Pause', { id: 'pause', class: 'tool', 'aria-keyshortcuts': 'p' }, () => this.#on.pause()));
  #notice = el('div', { class: 'notice bad', hidden: true });
  #reason = el('span');
  #retry = button('Try now', { class: 'tool' }, () => this.#on.retry());
  #login = el('a', { class: 'tool', href: 'login' }, 'Sign in');
  /** @type {Connection} */
  #connection = { state: 'connecting' };
  /** The time of the last message, in Unix seconds; 0 before the first. */
  #lastTime = 0;
  #interval = 0;
  #on;

  /**
   * @param {HTMLElement} root
   * @param {HTMLElement} notices
   * @param {{pause: () => void, retry: () => void, interval: (seconds: number) => void}} on
   */
  constructor(root, notices, on) {
    this.#on = on;
    root.append(this.#status.button, this.#status.panel, this.#pause);
    this.#notice.append(this.#reason, this.#retry, this.#login);
    notices.append(this.#notice);
    setInterval(() => this.#showNotice(), 1000);
  }

  /** @param {Connection} connection @param {{lastTime: number, interval: number}} stream */
  show(connection, { lastTime, interval }) {
    this.#connection = connection;
    this.#lastTime = lastTime;
    this.#interval = interval;
    const words = { connecting: 'Connecting', live: 'Live', lost: 'Offline', paused: 'Paused', refused: 'No access', past: 'Past' };
    const { state } = connection;
    setText(this.#status.button, state === 'live' ? `Live · ${interval} s` : words[state]);
    this.#status.button.dataset.state = state;
    this.#showPause(state === 'paused');
    this.#pause.disabled = state === 'refused';
    setHidden(this.#pause, state === 'past');
    document.body.dataset.connection = state;
    this.#showNotice();
  }

  /** @param {boolean} paused */
  #showPause(paused) {
    const label = paused ? 'Resume' : 'Pause';
    if (this.#pause.title === label) return;
    this.#pause.title = label;
    this.#pause.setAttribute('aria-label', label);
    this.#pause.classList.toggle('active', paused);
    this.#pause.textContent = label;
    withIcon(paused ? 'play' : 'pause', this.#pause);
  }

  #showNotice() {
    const { state, reason = '', retryAt = 0, status } = this.#connection;
    setHidden(this.#notice, state !== 'lost' && state !== 'refused');
    if (this.#notice.hidden) return;
    setHidden(this.#retry, state !== 'lost');
    setHidden(this.#login, status !== 401);
    if (state === 'refused') {
      setText(this.#reason, status === 401 ? 'You are not signed in, or your session has ended.' : `The server refuses access to the tree: ${reason}`);
      return;
    }
    const seconds = Math.max(0, Math.ceil((retryAt - Date.now()) / 1000));
    const shown = this.#lastTime ? ` Below is the state of ${formatClock(this.#lastTime)}.` : '';
    setText(this.#reason, `Connection lost. ${reason}${shown} Next try in ${seconds} s.`);
  }

  /** @param {HTMLElement} panel */
  #fillIntervals(panel) {
    panel.replaceChildren(el('p', { class: 'muted' }, 'Update every'), ...INTERVALS.map((seconds) => choiceLine(
      seconds === 1 ? 'second' : seconds === 60 ? 'minute' : `${seconds} seconds`,
      { name: 'interval', checked: seconds === this.#interval },
      () => this.#on.interval(seconds),
    )));
  }
}
