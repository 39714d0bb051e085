/**
 * The calls of the API. Every address is relative to the page, so that it works behind a
 * proxy that serves it below a path, in the page and in its worker.
 */

/** The page's own address. The bundle of its scripts is in a folder of that, assets/HASH. */
const BASE = import.meta.url.replace(/assets\/[^/]*\/[^/]*$/, '');

/** An address for a link. @param {string} path As "api/v1/report". */
export const apiURL = (path) => new URL(path, BASE).href;

/** A call that did not succeed; status is 0 where no answer came at all. */
export class APIError extends Error {
  /** @param {number} status @param {string} message */
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

const TIMEOUT_MILLISECONDS = 10_000;

/**
 * @param {string} path As "api/v1/host".
 * @returns {Promise<any>} The member data of the answer. It rejects with an APIError.
 */
export const get = (path) => call(path, {});

/**
 * Changes something on the host.
 * @param {string} path
 * @param {object} body
 * @param {string} csrfToken Of GET api/v1/control; it holds once.
 * @returns {Promise<any>} As of get.
 */
export const post = (path, body, csrfToken) => call(path, {
  method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json', 'x-csrf-token': csrfToken },
});

/** @param {string} path @param {RequestInit} options @returns {Promise<any>} */
async function call(path, options) {
  const url = new URL(path, BASE);
  /** @type {Response} */
  let response;
  try {
    response = await fetch(url, { ...options, signal: AbortSignal.timeout(TIMEOUT_MILLISECONDS), headers: { accept: 'application/json', ...options.headers } });
  } catch (cause) {
    throw new APIError(0, `no answer from ${url.host}: ${cause instanceof Error ? cause.message : cause}`);
  }
  const body = await response.json().catch(() => null);
  if (!response.ok || body?.status !== 'success') {
    throw new APIError(response.status, body?.error ?? `the server answered ${response.status}`);
  }
  return body.data;
}

/**
 * The address of the stream. Its first message comes in columns, which are read faster.
 * @param {number} intervalSeconds
 */
export function streamURL(intervalSeconds) {
  const url = new URL('api/v1/stream', BASE);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  url.searchParams.set('interval', String(intervalSeconds));
  url.searchParams.set('layout', 'columns');
  return url;
}
