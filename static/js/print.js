// Buttons that print the page. Without script they stay hidden, and the browser's own menu prints.
for (const one of document.querySelectorAll("[data-print]")) {
  one.addEventListener("click", () => window.print());
  one.hidden = false;
}
