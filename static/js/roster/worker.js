/*
 * Lets the roster of a session open without network. The server puts `SHELL` in front: the files that such a page needs
 * and a version that changes with any of them. What the network gives always comes first; nothing but these files and
 * the pages of rosters that asked for it is ever kept.
 */

const FILES = `roster-files-${SHELL.version}`;
const PAGES = `roster-pages-${SHELL.version}`;
const PAGE = /^\/station\/rosters\/\d+$/;
const PATIENCE = 4000;
const A_DAY = 24 * 3600 * 1000;

addEventListener("install", (event) => {
  event.waitUntil(keepFiles().then(() => skipWaiting()));
});

addEventListener("activate", (event) => {
  event.waitUntil(forgetOthers().then(() => clients.claim()));
});

addEventListener("message", (event) => {
  const { keep, forget } = event.data;
  if (keep) event.waitUntil(keepPage(keep).then((isKept) => event.ports[0]?.postMessage(isKept)));
  if (forget) event.waitUntil(forgetPage(forget));
});

addEventListener("fetch", (event) => {
  const { pathname, origin } = new URL(event.request.url);
  if (event.request.method !== "GET" || origin !== location.origin) return;
  if (PAGE.test(pathname) && event.request.mode === "navigate") event.respondWith(fresh(event.request, PAGES));
  else if (SHELL.files.includes(pathname)) event.respondWith(fresh(event.request, FILES));
});

async function keepFiles() {
  const cache = await caches.open(FILES);
  await cache.addAll(SHELL.files.map((file) => new Request(file, { cache: "no-cache" })));
}

async function forgetOthers() {
  for (const name of await caches.keys()) {
    if (name.startsWith("roster-") && name !== FILES && name !== PAGES) await caches.delete(name);
  }
}

/** Keep a page as it is now, and say whether that is done. Pages of days gone by are forgotten on the way. */
async function keepPage(pathname) {
  if (!PAGE.test(pathname)) return false;
  const page = await fetch(pathname, { redirect: "manual", cache: "no-store" }).catch(() => null);
  if (!page?.ok) return false;
  const cache = await caches.open(PAGES);
  await cache.put(pathname, page);
  for (const request of await cache.keys()) {
    const kept = await cache.match(request);
    if (Date.now() - Date.parse(kept.headers.get("Date")) > A_DAY) await cache.delete(request);
  }
  return true;
}

async function forgetPage(pathname) {
  await (await caches.open(PAGES)).delete(pathname);
}

/** Answer from the network, and from what is kept if it does not answer in time, or has no server behind it. */
async function fresh(request, name) {
  const kept = await (await caches.open(name)).match(new URL(request.url).pathname);
  if (!kept) return fetch(request);
  const waiting = new AbortController();
  const timer = setTimeout(() => waiting.abort(), PATIENCE);
  try {
    const answer = await fetch(request, { signal: waiting.signal });
    return answer.status < 500 ? answer : kept;
  } catch {
    return kept;
  } finally {
    clearTimeout(timer);
  }
}
