/**
 * The service worker of the installed page. It does one thing: where the exporter cannot be reached,
 * it shows the last state that the page has kept. It answers no call of the API and keeps no file of
 * the page, so it cannot show one person what another may see.
 */
import { offlinePage } from './offline-page.js';
import { forgetState, readState } from './kept-state.js';

/** What the offline page needs besides its text. */
const SHELL = 'proctree-shell';
const FILES = ['pages.css', 'icon.svg'];

/** @type {any} The types of a worker of this kind are not those of a page. */
const worker = self;
const scope = new URL('./', worker.location.href);

worker.addEventListener('install', (/** @type {any} */ event) => {
  event.waitUntil(caches.open(SHELL).then((cache) => cache.addAll(FILES)).then(() => worker.skipWaiting()));
});

worker.addEventListener('activate', (/** @type {any} */ event) => event.waitUntil(start()));

/** The request for the page must not wait for this worker to start. */
async function start() {
  await worker.registration.navigationPreload?.enable();
  await worker.clients.claim();
}

worker.addEventListener('fetch', (/** @type {any} */ event) => {
  const { request } = event;
  const path = new URL(request.url).pathname;
  if (request.method === 'POST' && path === new URL('logout', scope).pathname) {
    event.respondWith(forgetState().then(() => fetch(request)));
  } else if (request.mode === 'navigate' && request.method === 'GET' && path === scope.pathname) {
    event.respondWith(page(event));
  } else if (FILES.some((file) => path === new URL(file, scope).pathname)) {
    event.respondWith(fetch(request).catch(() => caches.match(request)));
  }
});

/**
 * Who may not see the tree gets another page, and must not see an earlier state of the tree either.
 * @param {Response} answer
 */
async function forgetUnlessShown(answer) {
  if (!answer.ok || !(await answer.text()).includes('id="table"')) await forgetState();
}

/** @param {any} event */
async function page(event) {
  try {
    const answer = await event.preloadResponse ?? await fetch(event.request);
    event.waitUntil(forgetUnlessShown(answer.clone()));
    return answer;
  } catch {
    const state = await readState();
    return new Response(offlinePage(state, Date.now()), { headers: {
      'Content-Type': 'text/html; charset=utf-8',
      'Content-Security-Policy': "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'",
    } });
  }
}
