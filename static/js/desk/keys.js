// Number keys for clerks: the first nine buttons and choices of the page bear a number, and its key presses them.
// Nothing is only reachable this way. The switch on the page keeps its state in this browser.
const STORE = "desk-keys";
const bar = document.querySelector(".desk-keys");
const here = document.getElementById("main");
let numbered = [];
let on = localStorage.getItem(STORE) !== "off";

function isTyping(target) {
  return target.matches("textarea, select, input:not([type=radio], [type=checkbox])") || target.isContentEditable;
}

function press(one) {
  one.focus();
  one.click();
}

function number(one, digit) {
  const badge = document.createElement("kbd");
  badge.textContent = digit;
  badge.setAttribute("aria-hidden", "true");
  const place = one.matches("input") ? one.parentElement.querySelector("label") : one;
  place.prepend(badge);
  one.setAttribute("aria-keyshortcuts", digit);
}

function show() {
  for (const badge of document.querySelectorAll("#main kbd")) badge.remove();
  for (const one of numbered) one.removeAttribute("aria-keyshortcuts");
  numbered = [...here.querySelectorAll("[data-first], .choice input, a.button, button.button")]
    .filter((one) => !one.closest(".filters, .desk-keys, [data-unnumbered]"))
    .slice(0, 9);
  if (on) numbered.forEach((one, place) => number(one, String(place + 1)));
  const turn = document.createElement("button");
  turn.type = "button";
  turn.className = "button quiet";
  turn.textContent = on ? bar.dataset.off : bar.dataset.on;
  turn.addEventListener("click", () => {
    on = !on;
    localStorage.setItem(STORE, on ? "on" : "off");
    show();
    bar.querySelector("button").focus();
  });
  bar.replaceChildren(on ? `${bar.dataset.says} ` : "", turn);
  bar.hidden = false;
}

document.addEventListener("keydown", (event) => {
  if (!on || event.ctrlKey || event.altKey || event.metaKey || event.isComposing || isTyping(event.target)) return;
  if (event.key === "0") window.location.assign(bar.dataset.desk);
  else if (/^[1-9]$/.test(event.key) && numbered[event.key - 1]) press(numbered[event.key - 1]);
  else return;
  event.preventDefault();
});
addEventListener("htmx:afterSwap", show); // a part of the page was shown anew, with other buttons
show();
