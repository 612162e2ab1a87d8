/* A ticket is open: this device keeps it, with its booking, until the day of the visit is over; or what was one goes. */

import { forget, keep, tickets } from "./kept.js";

const { worker, scope, offline, pages, until } = document.querySelector("[data-ticket]").dataset;

async function take() {
  for (const path of pages.split(" ")) await (until ? keep(path) : forget(path));
  await tickets(); // what is over goes
  if (!until) return;
  await navigator.serviceWorker.register(worker, { scope, updateViaCache: "none" });
  await (await caches.open("ticket-page")).add(offline); // in the language that is read now
}

if (navigator.serviceWorker && globalThis.caches) take().catch(() => {}); // full or forbidden: the network it is
