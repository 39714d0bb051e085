/** The last state, which the installed page keeps for its offline page. */

/**
 * @typedef {object} Kept
 * @property {string} host
 * @property {number} time In Unix seconds.
 * @property {number} total How many processes there were.
 * @property {string[]} facts Values of the host, in words.
 * @property {{name: string, pid: number, user: string, cpu: string, memory: string}[]} processes Those that used most CPU.
 */

/** The cache that holds it. */
export const STATE = 'proctree-state';
const KEY = 'kept-state';
/** As long as a session lasts (access/session.go): then it is gone without a sign-out, too. */
const MOST_SECONDS = 12 * 3600;

/** @param {Kept} state */
export async function keepState(state) {
  const cache = await caches.open(STATE);
  await cache.put(KEY, new Response(JSON.stringify(state), { headers: { 'Content-Type': 'application/json' } }));
}

/** @returns {Promise<Kept|undefined>} */
export async function readState() {
  if (!await caches.has(STATE)) return undefined;
  const answer = await (await caches.open(STATE)).match(KEY);
  const state = await answer?.json().catch(() => undefined);
  if (state === undefined || Date.now() / 1000 - state.time > MOST_SECONDS) {
    await forgetState();
    return undefined;
  }
  return state;
}

/** @returns {Promise<boolean>} */
export const forgetState = () => caches.delete(STATE);
