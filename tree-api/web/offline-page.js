import { visible } from './visible.js';

/** @import { Kept } from './kept-state.js' */

/** The page that is shown where the exporter cannot be reached. @param {Kept|undefined} state @param {number} now In milliseconds. */
export function offlinePage(state, now) {
  const host = state ? text(state.host) : 'proctree';
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="dark light">
<title>${host} · offline</title>
<link rel="icon" href="icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="pages.css">
</head>
<body>
<main class="offline">
<h1>${host}</h1>
<p class="problem">The exporter cannot be reached. ${state ? `Below is the state of ${new Date(state.time * 1000).toLocaleString()}, ${age(now / 1000 - state.time)} ago.` : 'This browser has kept no state of it.'}</p>
<p><a class="button" href="./">Try again</a></p>
${state ? shown(state) : ''}
</main>
</body>
</html>
`;
}

/** @param {Kept} state */
function shown({ facts, total, processes }) {
  const rows = processes.map(({ name, pid, user, cpu, memory }) => `<tr><td>${text(name)}</td><td>${pid}</td><td>${text(user)}</td><td>${text(cpu)}</td><td>${text(memory)}</td></tr>`);
  return `<p>${facts.map(text).join(' · ')}</p>
<table>
<caption>The ${processes.length} of ${total} processes that used most CPU</caption>
<thead><tr><th scope="col">Name</th><th scope="col">PID</th><th scope="col">User</th><th scope="col">CPU, cores</th><th scope="col">Memory</th></tr></thead>
<tbody>
${rows.join('\n')}
</tbody>
</table>`;
}

/** @param {number} seconds */
function age(seconds) {
  if (seconds < 90) return `${Math.max(0, Math.round(seconds))} seconds`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} minutes`;
  return `${Math.round(seconds / 3600)} hours`;
}

/** Any user of the host can choose the name of a process. @param {unknown} value */
function text(value) {
  return visible(String(value)).replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
}
