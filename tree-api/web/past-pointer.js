/** How a mouse, a finger, two fingers and a wheel move the strip of time. */

/** How much one pixel of the wheel zooms. */
const WHEEL = 0.0016;
/** A line of a wheel that counts in lines, in pixels. */
const LINE_PIXELS = 16;

const DRAG_PIXELS = 4;

/** @param {number} from @param {PointerEvent} event */
const isDrag = (from, event) => Math.abs(event.clientX - from) >= DRAG_PIXELS;

/**
 * @param {HTMLElement} element
 * @param {object} on
 * @param {(clientX: number) => number} on.timeAt
 * @param {(time: number) => void} on.choose
 * @param {(event: PointerEvent) => boolean} on.isSelecting Whether dragging selects a span, and does not go to moments.
 * @param {(from: number, to: number, done: boolean) => void} on.select
 * @param {(time: number|undefined) => void} on.hover
 * @param {(factor: number, at: number) => void} on.zoom
 * @param {(share: number) => void} on.pan By a share of the width; to the right is later.
 */
export function followPointer(element, on) {
  /** Where each pointer that is down is. @type {Map<number, number>} */
  const down = new Map();
  /** Whether two fingers were down: the one that is left then moves nothing. */
  let pinched = false;
  /** Where the pointer points at, and what it chooses, in pixels. @type {number|undefined} */
  let pointed;
  /** @type {number|undefined} */
  let chosen;
  let scheduled = false;
  /** Where the selection began, in pixels. @type {number|undefined} */
  let selected;

  /** Many events of a mouse make one frame, in which the place of the strip is read before anything is written. */
  const schedule = () => {
    if (scheduled) return;
    scheduled = true;
    requestAnimationFrame(() => {
      scheduled = false;
      const [shown, wanted] = [pointed, chosen].map((x) => (x === undefined ? undefined : on.timeAt(x)));
      pointed = chosen = undefined;
      if (shown !== undefined) on.hover(shown);
      if (wanted !== undefined) on.choose(wanted);
    });
  };
  const choose = (/** @type {number} */ x) => {
    chosen = x;
    schedule();
  };

  element.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    element.setPointerCapture(event.pointerId);
    down.set(event.pointerId, event.clientX);
    element.setAttribute('data-dragged', '');
    if (down.size === 1) {
      pinched = false;
      if (on.isSelecting(event)) selected = event.clientX;
      else choose(event.clientX);
    } else {
      pinched = true;
      chosen = selected = undefined;
    }
  });
  element.addEventListener('pointermove', (event) => {
    if (event.pointerType !== 'touch') {
      pointed = event.clientX;
      schedule();
    }
    if (!down.has(event.pointerId)) return;
    if (down.size === 1) {
      down.set(event.pointerId, event.clientX);
      if (pinched) return;
      if (selected === undefined) choose(event.clientX);
      else if (isDrag(selected, event)) on.select(on.timeAt(selected), on.timeAt(event.clientX), false);
      return;
    }
    const before = [...down.values()];
    down.set(event.pointerId, event.clientX);
    const after = [...down.values()];
    const spread = (/** @type {number[]} */ [a, b]) => Math.max(16, Math.abs(a - b));
    const middle = (after[0] + after[1]) / 2;
    on.pan(((before[0] + before[1]) / 2 - middle) / element.clientWidth);
    on.zoom(spread(before) / spread(after), on.timeAt(middle));
  });
  for (const name of /** @type {const} */ (['pointerup', 'pointercancel'])) {
    element.addEventListener(name, (event) => {
      down.delete(event.pointerId);
      if (selected !== undefined && name === 'pointerup') {
        // Where nothing was dragged, it was a click.
        if (isDrag(selected, event)) on.select(on.timeAt(selected), on.timeAt(event.clientX), true);
        else choose(event.clientX);
      }
      selected = undefined;
      if (down.size === 0) element.removeAttribute('data-dragged');
    });
  }
  element.addEventListener('pointerleave', () => {
    pointed = undefined;
    on.hover(undefined);
  });
  element.addEventListener('wheel', (event) => {
    event.preventDefault();
    const unit = event.deltaMode === 0 ? 1 : LINE_PIXELS;
    const sideways = event.shiftKey ? event.deltaX || event.deltaY : event.deltaX;
    if (Math.abs(sideways) > Math.abs(event.shiftKey ? 0 : event.deltaY)) on.pan(sideways * unit / element.clientWidth);
    else on.zoom(Math.exp(event.deltaY * unit * WHEEL), on.timeAt(event.clientX));
  }, { passive: false });
}
