/*
 * Answers with the offline page where a page under /my/ cannot be had; that page shows the ticket if it is kept and the
 * reader is its holder. The worker itself keeps nobody's pages: kept.js does.
 */

const FILES = `ticket-files-${SHELL.version}`;
const PAGE = "ticket-page"; // kept.js renews it, in the reader's language
const NO_SERVER = 502; // from here on nobody has read the request; an error of ours is shown as it is

addEventListener("install", (event) => {
  event.waitUntil(keepAll().then(() => skipWaiting()));
});

addEventListener("fetch", (event) => {
  const { pathname, origin } = new URL(event.request.url);
  if (event.request.method !== "GET" || origin !== location.origin) return;
  if (event.request.mode === "navigate") event.respondWith(page(event.request, pathname));
  else if (SHELL.files.includes(pathname)) event.respondWith(file(event.request, pathname));
});

async function keepAll() {
  await keepFiles(FILES);
  await (await caches.open(PAGE)).add(new Request(SHELL.offline, { cache: "no-cache" }));
}

function forgetOthers() {
  return forgetEarlier("ticket-files-", FILES);
}

/** Nobody waits for the network where a ticket is kept; any other page gets all the time it needs. */
async function page(request, pathname) {
  const offline = await (await caches.open(PAGE)).match(SHELL.offline);
  const isKept = await caches.match(pathname);
  return fresh(request, offline, { noServer: NO_SERVER, patience: isKept ? PATIENCE : ALL_THE_TIME });
}

async function file(request, pathname) {
  return fresh(request, await (await caches.open(FILES)).match(pathname));
}
