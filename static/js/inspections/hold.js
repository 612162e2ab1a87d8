/* Counts down, in words, how long a place is held: hour by hour, and in the last hour minute by minute.

   A screen reader is told politely, at most once a minute. The server said how much was left; the device's clock need
   not be right. */
"use strict";
(() => {
  const left = document.querySelector("[data-seconds-left]");
  if (!left) return;
  const ends = performance.now() + Number(left.dataset.secondsLeft) * 1000;

  const words = () => {
    const minutes = Math.floor((ends - performance.now()) / 60_000);
    if (minutes < 0) return left.dataset.over;
    if (minutes < 60) return left.dataset.minutes.replace("{n}", minutes);
    return left.dataset.hours.replace("{n}", Math.floor(minutes / 60));
  };
  const show = () => {
    const now = words();
    if (left.textContent !== now) left.textContent = now; // what stays the same is not said again
    if (now !== left.dataset.over) setTimeout(show, 60_000);
  };
  show();
})();
