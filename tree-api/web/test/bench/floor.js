/**
 * What an update costs a bare table of as many rows and cells as the page shows, in which as
 * many texts change and as many rows move, written as one would at first: rows have a top,
 * cells stand in lines. Its time says how fast the machine is at the moment, as the page's
 * own does not.
 */

/** @import { Page } from 'playwright-core' */

const ROWS = 26;
const CELLS = 13;
/** As counted in the page, 10,000 processes of which 780 change. */
const TEXTS_CHANGED = 113;
const ROWS_MOVED = 19;

const STYLE = `
  body { margin: 0; font: 13px sans-serif; }
  .row { position: absolute; left: 0; right: 0; height: 26px; border-bottom: 1px solid #eee; background: #fff; }
  .cell { display: inline-block; width: 100px; height: 25px; }
`;

/** Makes the table. @param {Page} page An empty one. */
export async function openFloor(page) {
  const row = `<div class="row">${'<div class="cell">0</div>'.repeat(CELLS)}</div>`;
  await page.setContent(`<style>${STYLE}</style>${row.repeat(ROWS)}`);
}

/** One update of it. @param {Page} page */
export const stepFloor = (page) => page.evaluate(([rows, cells, changed, moved]) => {
  const texts = document.querySelectorAll('.cell');
  const tops = /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll('.row'));
  const turn = Math.round(performance.now());
  for (let i = 0; i < changed; i++) /** @type {Text} */ (texts[(i * 3) % (rows * cells)].firstChild).data = String((turn * 31 + i * 7919) % 100_000);
  tops.forEach((row, i) => { row.style.top = `${((i < moved ? i + turn : i) % rows) * 26}px`; });
}, [ROWS, CELLS, TEXTS_CHANGED, ROWS_MOVED]);
