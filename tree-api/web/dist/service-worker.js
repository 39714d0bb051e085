function h(t,e){let n=t?o(t.host):"proctree";return`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="dark light">
<title>${n} · offline</title>
<link rel="icon" href="icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="pages.css">
</head>
<body>
<main class="offline">
<h1>${n}</h1>
<p class="problem">The exporter cannot be reached. ${t?`Below is the state of ${new Date(t.time*1e3).toLocaleString()}, ${y(e/1e3-t.time)} ago.`:"This browser has kept no state of it."}</p>
<p><a class="button" href="./">Try again</a></p>
${t?g(t):""}
</main>
</body>
</html>
`}function g({facts:t,total:e,processes:n}){let c=n.map(({name:d,pid:f,user:m,cpu:u,memory:w})=>`<tr><td>${o(d)}</td><td>${f}</td><td>${o(m)}</td><td>${o(u)}</td><td>${o(w)}</td></tr>`);return`<p>${t.map(o).join(" · ")}</p>
<table>
<caption>The ${n.length} of ${e} processes that used most CPU</caption>
<thead><tr><th scope="col">Name</th><th scope="col">PID</th><th scope="col">User</th><th scope="col">CPU, cores</th><th scope="col">Memory</th></tr></thead>
<tbody>
${c.join(`
`)}
</tbody>
</table>`}function y(t){return t<90?`${Math.max(0,Math.round(t))} seconds`:t<5400?`${Math.round(t/60)} minutes`:`${Math.round(t/3600)} hours`}function o(t){return String(t).replace(/[&<>"']/g,e=>`&#${e.charCodeAt(0)};`)}var s="proctree-state",S="kept-state";async function l(){if(!await caches.has(s))return;let e=await(await(await caches.open(s)).match(S))?.json().catch(()=>{});if(e===void 0||Date.now()/1e3-e.time>43200){await i();return}return e}var i=()=>caches.delete(s);var $="proctree-shell",p=["pages.css","icon.svg"],a=self,r=new URL("./",a.location.href);a.addEventListener("install",t=>{t.waitUntil(caches.open($).then(e=>e.addAll(p)).then(()=>a.skipWaiting()))});a.addEventListener("activate",t=>t.waitUntil(b()));async function b(){await a.registration.navigationPreload?.enable(),await a.clients.claim()}a.addEventListener("fetch",t=>{let{request:e}=t,n=new URL(e.url).pathname;e.method==="POST"&&n===new URL("logout",r).pathname?t.respondWith(i().then(()=>fetch(e))):e.mode==="navigate"&&e.method==="GET"&&n===r.pathname?t.respondWith(x(t)):p.some(c=>n===new URL(c,r).pathname)&&t.respondWith(fetch(e).catch(()=>caches.match(e)))});async function T(t){(!t.ok||!(await t.text()).includes('id="table"'))&&await i()}async function x(t){try{let e=await t.preloadResponse??await fetch(t.request);return t.waitUntil(T(e.clone())),e}catch{let e=await l();return new Response(h(e,Date.now()),{headers:{"Content-Type":"text/html; charset=utf-8","Content-Security-Policy":"default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'"}})}}
