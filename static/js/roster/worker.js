/*
 * Lets the roster of a session open without network. Nothing but the files of `SHELL` and the pages of rosters that
 * asked for it is ever kept.
 */

const FILES = `roster-files-${SHELL.version}`;
const PAGES = `roster-pages-${SHELL.version}`;
const PAGE = /^\/station\/rosters\/\d+$/;
const A_DAY = 24 * 3600 * 1000;

addEventListener("install", (event) => {
  event.waitUntil(keepFiles(FILES).then(() => skipWaiting()));
});

addEventListener("message", (event) => {
  const { keep, forget } = event.data;
  if (keep) event.waitUntil(keepPage(keep).then((isKept) => event.ports[0]?.postMessage(isKept)));
  if (forget) event.waitUntil(forgetPage(forget));
});

addEventListener("fetch", (event) => {
  const { pathname, origin } = new URL(event.request.url);
  if (event.request.method !== "GET" || origin !== location.origin) return;
  if (PAGE.test(pathname) && event.request.mode === "navigate") event.respondWith(answer(event.request, PAGES));
  else if (SHELL.files.includes(pathname)) event.respondWith(answer(event.request, FILES));
});

function forgetOthers() {
  return forgetEarlier("roster-", FILES, PAGES);
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

async function answer(request, name) {
  return fresh(request, await (await caches.open(name)).match(new URL(request.url).pathname));
}
