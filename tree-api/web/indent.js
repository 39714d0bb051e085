/** How far names are indented: a deep tree must leave room for the names themselves. */

/** All in pixels. The padding and the arrow before a name. */
const NAME_EXTRAS = 40;
/** Room of a process name, which the Linux kernel cuts at 15 bytes (TASK_COMM_LEN, sched.h). */
const NAME_ROOM = 112;
/** The part of a narrow column that belongs to the name. */
const NAME_SHARE = 0.45;
/** Room of the number that says how deep a row is. */
const DEPTH_ROOM = 22;
const FEWEST_LEVELS = 2;

/**
 * How many levels are indented in a name column of some width. Rows below that say their depth
 * by a number.
 * @param {number|undefined} width NaN or undefined: not known yet.
 * @param {number} step The indentation of one level.
 */
export function mostLevels(width, step) {
  if (!width) return FEWEST_LEVELS;
  const room = width - NAME_EXTRAS - DEPTH_ROOM - Math.min(NAME_ROOM, width * NAME_SHARE);
  return Math.max(FEWEST_LEVELS, Math.floor(room / step));
}

/**
 * How a name is indented, and what is left for it.
 * @param {{depth: number, width: number, step: number}} row
 * @returns {{levels: number, capped: boolean, room: number}} capped is whether the row is deeper than its indentation.
 */
export function indentation({ depth, width, step }) {
  const most = mostLevels(width, step);
  const levels = Math.min(depth, most);
  const capped = depth > most;
  return { levels, capped, room: width - NAME_EXTRAS - levels * step - (capped ? DEPTH_ROOM : 0) };
}
