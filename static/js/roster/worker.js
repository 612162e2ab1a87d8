/*
 * Lets the roster of a session open without network. The server puts `SHELL` in front: the files that such a page needs
 * and a version that changes with any of them. What the network gives always comes first; nothing but these files and
 * the pages of rosters that asked for it is ever kept.
 */

const FILES = `roster-files-${SHELL.version}`;
const PAGES = `roster-pages-${SHELL.version}`;
const PAGE = /^\/station\/rosters\/\d+$/;
const PATIENCE = 4000;

addEventListener("install", (event) => {
  event.waitUntil(keepFiles().then(() => skipWaiting()));
});

addEventListener("activate", (event) => {
  event.waitUntil(forgetOthers().then(() => clients.claim()));
});

addEventListener("message", (event) => {
  const { keep, forget } = event.data;
  if (keep) event.waitUntil(keepPage(keep));
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

/** Keep a page as it is now; what is no longer to be had is forgotten, but not for want of a network. */
async function keepPage(pathname) {
  if (!PAGE.test(pathname)) return;
  const page = await fetch(pathname, { redirect: "manual", cache: "no-store" }).catch(() => null);
  if (page?.ok) await (await caches.open(PAGES)).put(pathname, page);
  else if (page && (page.status === 403 || page.status === 404)) await forgetPage(pathname);
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
