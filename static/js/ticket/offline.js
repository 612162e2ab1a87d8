/* The page that stands in where there is no network: it shows the ticket that was asked for, or names those that are kept. */

import { tickets } from "./kept.js";

const main = document.querySelector("main");

function show({ title, lang, main: content, asOf }) {
  const mark = document.querySelector("[data-copy]").content.cloneNode(true);
  mark.querySelector("[data-as-of]").textContent = asOf;
  document.title = title;
  main.lang = lang;
  main.innerHTML = content;
  main.prepend(mark);
}

function list(all) {
  const place = document.querySelector("[data-kept]");
  const entry = place.querySelector("template").content;
  for (const [path, { named }] of all.filter(([one]) => one.endsWith("/ticket"))) {
    const line = entry.cloneNode(true);
    Object.assign(line.querySelector("a"), { href: path, textContent: named });
    place.querySelector("ul").append(line);
  }
  place.hidden = all.length === 0;
}

const all = globalThis.caches ? await tickets() : [];
const asked = all.find(([path]) => path === location.pathname);
if (asked) show(asked[1]);
else list(all);
