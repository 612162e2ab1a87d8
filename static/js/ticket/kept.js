/*
 * The tickets that this device keeps for when there is no network: in one cache for each account, each as
 * {title, lang, main, named, asOf, until}. Only the holder that the server's cookie names is ever shown anything.
 */

const OURS = "ticket-kept-";
const HOLDER = /(?:^|; )ticket-holder=([0-9a-f]+)/;

/** Return what the server calls whoever this device's tickets belong to, or null once it has taken that back. */
function holder() {
  return HOLDER.exec(document.cookie)?.[1] ?? null;
}

/** Return the holder's cache, or null; those of everybody else are deleted on the way. */
async function own() {
  const name = holder() && OURS + holder();
  for (const other of await caches.keys()) {
    if (other.startsWith(OURS) && other !== name) await caches.delete(other);
  }
  return name && caches.open(name);
}

/** Keep a page as it is on the server now. */
export async function keep(path) {
  const cache = await own();
  const answer = await fetch(path, { redirect: "manual", cache: "no-store" }).catch(() => null);
  if (!cache || !answer?.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const ticket = page.querySelector("[data-ticket]");
  const { named, asOf, until } = ticket.dataset;
  const { innerHTML: main, lang } = Object.assign(page.querySelector("main"), { lang: page.documentElement.lang });
  const kept = JSON.stringify({ title: page.title, lang, main, named, asOf, until });
  await cache.put(path, new Response(kept, { headers: { "Content-Type": "application/json" } }));
}

export async function forget(path) {
  await (await own())?.delete(path);
}

/** Return what is kept as [path, ticket], the next visit first; what is over is deleted on the way. */
export async function tickets() {
  const cache = await own();
  const found = [];
  for (const request of cache ? await cache.keys() : []) {
    const ticket = await (await cache.match(request)).json();
    if (Date.parse(ticket.until) <= Date.now()) await cache.delete(request);
    else found.push([new URL(request.url).pathname, ticket]);
  }
  return found.sort(([, left], [, right]) => (left.until < right.until ? -1 : 1));
}
