/*
 * What htmx leaves to the page. A part that is shown anew keeps the focus, its height and what stands open in it, and a
 * screen reader is told what it says now. What is no such part (an error, a sign-in page) is never put in its place.
 * Parts that bring themselves up to date wait while somebody works in them, looks elsewhere, or has left the device.
 */

const UNTOUCHED = 10 * 60_000; // as at the gate: a device left alone must not stay signed in
const FIELDS = "input:not([type=hidden]), select, textarea";
const words = document.querySelector("meta[name=live]").dataset;
const notes = new Map();
let touchedAt = performance.now();
let before = null;

for (const part of document.querySelectorAll("[data-updated]")) {
  const note = document.createElement("p");
  note.setAttribute("role", "status");
  note.className = "away";
  part.before(note);
  notes.set(part.id, note);
}

function say(id, text, className = "away") {
  const note = notes.get(id);
  note.className = className;
  if (note.textContent !== text) note.textContent = text; // a refresh that fails again is told once
}

function trouble(id, text) {
  say(id, text, "panel warning");
}

/** Whether somebody is working in the part, or typing beside it. */
function isInHand(part) {
  const typed = (field) => field.defaultValue !== undefined && field.value !== field.defaultValue;
  const active = document.activeElement;
  if (active.matches(FIELDS) && (active.value || part.contains(active))) return true;
  return Boolean(part.querySelector("details[open] form")) || [...part.querySelectorAll(FIELDS)].some(typed);
}

function isLeftAlone() {
  return performance.now() - touchedAt > UNTOUCHED;
}

function mayRefresh(part) {
  return !document.hidden && !isInHand(part) && !(part.dataset.refresh === "attended" && isLeftAlone());
}

/** Return how the focused element is found again in the part that follows. */
function findable(one) {
  const quoted = (name, of = one) => `[${name}="${CSS.escape(of.getAttribute(name))}"]`;
  if (one.id) return `#${CSS.escape(one.id)}`;
  if (one.matches("a[href]")) return `a${quoted("href")}`;
  return one.matches("form[action] button") ? `form${quoted("action", one.closest("form"))} button` : null;
}

function remember(part, elt) {
  const active = part.contains(document.activeElement) ? document.activeElement : null;
  const { top, height } = part.getBoundingClientRect();
  before = {
    id: part.id,
    says: part.dataset.updated,
    height: Math.min(height, innerHeight - top), // down to the lower edge of what is seen
    open: [...part.querySelectorAll("details")].map((one) => one.open),
    isRefresh: elt === part,
    hadFocus: Boolean(active),
    again: active && findable(active),
    anchor: elt.hash,
  };
}

function restore(part) {
  if (before.isRefresh) {
    const all = [...part.querySelectorAll("details")];
    if (all.length === before.open.length) all.forEach((one, place) => (one.open ||= before.open[place]));
  } else part.style.minHeight = `${before.height}px`; // what stands below does not jump into sight
  if (before.hadFocus && !part.contains(document.activeElement)) {
    part.tabIndex = -1;
    ((before.again && part.querySelector(before.again)) || part).focus({ preventScroll: true });
  }
  if (before.anchor) part.querySelector(before.anchor)?.scrollIntoView({ block: "nearest" }); // no further than needed
  if (!before.isRefresh || part.dataset.updated !== before.says) say(part.id, part.dataset.updated);
  else if (notes.get(part.id).className !== "away") say(part.id, "");
}

/** A link that is to open in a tab of its own is left to the browser. */
addEventListener(
  "click",
  (event) => {
    const isElsewhere = event.ctrlKey || event.metaKey || event.shiftKey || event.altKey;
    if (isElsewhere && event.target.closest("a[hx-get]")) event.stopPropagation();
  },
  { capture: true },
);

addEventListener("htmx:beforeRequest", (event) => {
  const { elt, target } = event.detail;
  if (elt.dataset.refresh && !mayRefresh(elt)) event.preventDefault();
  else target.setAttribute("aria-busy", "true");
});

addEventListener("htmx:afterRequest", ({ detail }) => detail.target.removeAttribute("aria-busy"));

addEventListener("htmx:beforeSwap", ({ detail }) => {
  const { target, xhr, pathInfo, requestConfig } = detail;
  const isRefresh = requestConfig.elt === target;
  const answer = new DOMParser().parseFromString(xhr.responseText, "text/html");
  detail.shouldSwap = xhr.status < 400 && Boolean(answer.getElementById(target.id));
  if (detail.shouldSwap && isRefresh) detail.shouldSwap = !isInHand(target);
  else if (isRefresh) trouble(target.id, words.stale);
  else if (!detail.shouldSwap) location.assign(pathInfo.finalRequestPath); // the sign-in, or the error, as a page of its own
  if (detail.shouldSwap) remember(target, requestConfig.elt);
});

addEventListener("htmx:afterSwap", () => {
  if (!before) return;
  restore(document.getElementById(before.id));
  before = null;
});

for (const kind of ["htmx:sendError", "htmx:timeout"]) {
  addEventListener(kind, ({ detail }) => trouble(detail.target.id, words.away));
}

/** Whoever changes the language comes back to what is shown now. */
addEventListener("htmx:pushedIntoHistory", ({ detail }) => {
  for (const link of document.querySelectorAll('a[href*="next="]')) {
    const address = new URL(link.href);
    address.searchParams.set("next", detail.path);
    link.href = address.pathname + address.search;
  }
});

function refreshAll() {
  for (const part of document.querySelectorAll("[data-refresh]")) globalThis.htmx?.trigger(part, "refresh");
}

for (const kind of ["keydown", "pointerdown"]) {
  addEventListener(kind, () => {
    const wasLeftAlone = isLeftAlone();
    touchedAt = performance.now();
    if (wasLeftAlone) refreshAll();
  });
}
document.addEventListener("visibilitychange", () => document.hidden || refreshAll());
