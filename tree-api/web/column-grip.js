import { LEAST_WIDTH, MOST_WIDTH, widthByKey } from './column-widths.js';
import { el } from './dom.js';

/** How long two taps on a grip may be apart to count as a double click. */
const DOUBLE_MILLISECONDS = 400;

/**
 * The right edge of a heading: it is dragged by mouse, pen or finger, and moved by keys. It is
 * not a stop of the Tab key, as the heading beside it answers the same keys with Shift (ARIA
 * Authoring Practices, window splitter).
 * @param {{key: string, title: string}} column
 * @param {{width: () => number, resize: (width: number|undefined) => void}} on width is that of now in pixels;
 *   undefined is the column's own.
 */
export function columnGrip({ key, title }, { width, resize }) {
  const grip = el('div', {
    class: 'grip', role: 'separator', tabindex: -1, 'aria-orientation': 'vertical', 'aria-label': `Width of ${title}`, 'data-grip': key,
    'aria-valuemin': LEAST_WIDTH, 'aria-valuenow': LEAST_WIDTH, 'aria-valuemax': MOST_WIDTH,
    title: 'Drag for another width; double-click for the default. Keys: Shift+← →, Shift+Home',
  });
  let pressedAt = -Infinity;
  grip.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    event.preventDefault();
    if (event.timeStamp - pressedAt < DOUBLE_MILLISECONDS) {
      pressedAt = -Infinity;
      resize(undefined);
      return;
    }
    pressedAt = event.timeStamp;
    drag(grip, event, { width, resize });
  });
  grip.addEventListener('keydown', (event) => answerKey(event, { width, resize }));
  return grip;
}

/**
 * Gives a column another width by a key.
 * @param {KeyboardEvent} event
 * @param {{width: () => number, resize: (width: number|undefined) => void}} on
 */
export function answerKey(event, { width, resize }) {
  if (event.ctrlKey || event.metaKey) return;
  const asked = widthByKey(event.key, width());
  if (!asked) return;
  event.preventDefault();
  event.stopPropagation();
  resize(asked.width);
}

/** @param {HTMLElement} grip @param {PointerEvent} start @param {{width: () => number, resize: (width: number) => void}} on */
function drag(grip, start, { width, resize }) {
  const first = width();
  grip.setPointerCapture(start.pointerId);
  grip.classList.add('dragged');
  const follow = (/** @type {PointerEvent} */ event) => {
    if (event.clientX !== start.clientX) resize(first + event.clientX - start.clientX);
  };
  const end = () => {
    grip.classList.remove('dragged');
    for (const kind of ['pointerup', 'pointercancel', 'lostpointercapture']) grip.removeEventListener(kind, end);
    grip.removeEventListener('pointermove', follow);
  };
  grip.addEventListener('pointermove', follow);
  for (const kind of ['pointerup', 'pointercancel', 'lostpointercapture']) grip.addEventListener(kind, end);
}
