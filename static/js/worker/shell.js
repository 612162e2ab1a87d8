/*
 * What every worker can do. The server puts `SHELL` in front (the files that its pages need, and a version that changes
 * with any of them) and the worker's own script behind, which says in `forgetOthers` what is no longer kept. What the
 * network gives always comes first.
 */

const PATIENCE = 4000;
const ALL_THE_TIME = 2 ** 31 - 1; // what a timer can count

addEventListener("activate", (event) => {
  event.waitUntil(forgetOthers().then(() => clients.claim()));
});

/** Keep the files of `SHELL` in a cache. */
async function keepFiles(name) {
  const cache = await caches.open(name);
  await cache.addAll(SHELL.files.map((file) => new Request(file, { cache: "no-cache" })));
}

/** Delete what earlier versions of this worker kept under names that begin so. */
async function forgetEarlier(prefix, ...still) {
  for (const name of await caches.keys()) {
    if (name.startsWith(prefix) && !still.includes(name)) await caches.delete(name);
  }
}

/**
 * Answer from the network, and with what is kept if it does not answer in time, or has no server behind it: from the
 * status `noServer` on. Where nothing is kept, the network has all the time it wants.
 */
async function fresh(request, kept, { noServer = 500, patience = PATIENCE } = {}) {
  if (!kept) return fetch(request);
  const waiting = new AbortController();
  const timer = setTimeout(() => waiting.abort(), patience);
  try {
    const answer = await fetch(request, { signal: waiting.signal });
    return answer.status < noServer ? answer : kept;
  } catch {
    return kept;
  } finally {
    clearTimeout(timer);
  }
}
