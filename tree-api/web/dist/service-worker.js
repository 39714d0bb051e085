var S=/^[\x20-\x7e]*$/,$=/[\p{C}\p{Zl}\p{Zp}\u115f\u1160\u3164\uffa0]/gu,h=t=>S.test(t)?t:t.replace($,y);function y(t){if(t===`
`)return"\\n";if(t==="	")return"\\t";let e=t.codePointAt(0),[n,i]=e<128?["x",2]:e<=65535?["u",4]:["U",8];return`\\${n}${e.toString(16).padStart(Number(i),"0")}`}function l(t,e){let n=t?o(t.host):"proctree";return`<!doctype html>
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
<p class="problem">The exporter cannot be reached. ${t?`Below is the state of ${new Date(t.time*1e3).toLocaleString()}, ${x(e/1e3-t.time)} ago.`:"This browser has kept no state of it."}</p>
<p><a class="button" href="./">Try again</a></p>
${t?b(t):""}
</main>
</body>
</html>
`}function b({facts:t,total:e,processes:n}){let i=n.map(({name:d,pid:u,user:m,cpu:w,memory:g})=>`<tr><td>${o(d)}</td><td>${u}</td><td>${o(m)}</td><td>${o(w)}</td><td>${o(g)}</td></tr>`);return`<p>${t.map(o).join(" · ")}</p>
<table>
<caption>The ${n.length} of ${e} processes that used most CPU</caption>
<thead><tr><th scope="col">Name</th><th scope="col">PID</th><th scope="col">User</th><th scope="col">CPU, cores</th><th scope="col">Memory</th></tr></thead>
<tbody>
${i.join(`
`)}
</tbody>
</table>`}function x(t){return t<90?`${Math.max(0,Math.round(t))} seconds`:t<5400?`${Math.round(t/60)} minutes`:`${Math.round(t/3600)} hours`}function o(t){return h(String(t)).replace(/[&<>"']/g,e=>`&#${e.charCodeAt(0)};`)}var c="proctree-state",L="kept-state";async function p(){if(!await caches.has(c))return;let e=await(await(await caches.open(c)).match(L))?.json().catch(()=>{});if(e===void 0||Date.now()/1e3-e.time>43200){await s();return}return e}var s=()=>caches.delete(c);var T="proctree-shell",f=["pages.css","icon.svg"],a=self,r=new URL("./",a.location.href);a.addEventListener("install",t=>{t.waitUntil(caches.open(T).then(e=>e.addAll(f)).then(()=>a.skipWaiting()))});a.addEventListener("activate",t=>t.waitUntil(U()));async function U(){await a.registration.navigationPreload?.enable(),await a.clients.claim()}a.addEventListener("fetch",t=>{let{request:e}=t,n=new URL(e.url).pathname;e.method==="POST"&&n===new URL("logout",r).pathname?t.respondWith(s().then(()=>fetch(e))):e.mode==="navigate"&&e.method==="GET"&&n===r.pathname?t.respondWith(P(t)):f.some(i=>n===new URL(i,r).pathname)&&t.respondWith(fetch(e).catch(()=>caches.match(e)))});async function E(t){(!t.ok||!(await t.text()).includes('id="table"'))&&await s()}async function P(t){try{let e=await t.preloadResponse??await fetch(t.request);return t.waitUntil(E(e.clone())),e}catch{let e=await p();return new Response(l(e,Date.now()),{headers:{"Content-Type":"text/html; charset=utf-8","Content-Security-Policy":"default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'"}})}}
