/*
 * Says some minutes before a sign-in ends by itself, once, and offers one click to stay. Every word comes from the
 * server. Without this script nothing is said here, and the sign-in page says what has happened.
 */

const SLACK = 2; // seconds by which a timer may be early

class Stay {
  constructor(box) {
    this.box = box;
    this.form = box.querySelector("form");
    this.says = box.querySelector("[data-says]");
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.ask({ method: "POST", body: new FormData(this.form) });
    });
    // A timer sleeps when the device does.
    document.addEventListener("visibilitychange", () => document.hidden || this.ask());
    this.wait(Number(box.dataset.left), Number(box.dataset.warnsBefore));
  }

  /** Ask again when it is time to say something: another window may have been at work meanwhile. */
  wait(left, warnsBefore) {
    clearTimeout(this.timer);
    const next = left > warnsBefore ? left - warnsBefore : left;
    this.timer = setTimeout(() => this.ask(), (next + SLACK) * 1000);
  }

  async ask(request) {
    const answer = await fetch(this.box.dataset.life, request).catch(() => null);
    if (answer === null || !answer.ok || answer.redirected) return;
    const life = await answer.json();
    const isOver = life.left <= 0;
    const isNear = life.left <= life.warns_before;
    this.form.hidden = !life.can_stay;
    this.box.querySelector("[data-again]").hidden = !isOver;
    this.box.hidden = !isNear;
    // Said once for each ending: the same words again would be read out again.
    const words = isNear ? life.says : "";
    if (this.says.textContent !== words) requestAnimationFrame(() => (this.says.textContent = words));
    if (!isOver) this.wait(life.left, life.warns_before);
  }
}

for (const box of document.querySelectorAll("[data-stay]")) new Stay(box);
