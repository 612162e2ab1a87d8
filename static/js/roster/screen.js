/* What the page of a roster shows. Every word stands in the page: words of codes, looks of answers, tags of states. */

const SECOND = 1000;
const LONGEST_TAIL = 20;

export class Screen {
  constructor(root) {
    this.root = root;
    this.form = root.querySelector("[data-scan]");
    this.answers = root.querySelector("[data-answers]");
    this.rows = new Map([...root.querySelectorAll("[data-row]")].map((mark) => [mark.dataset.row, mark]));
    this.words = new Map(
      [...root.querySelector("[data-words]").content.querySelectorAll("data")].map((one) => [one.value, one]),
    );
  }

  at(name) {
    return this.root.querySelector(`[data-${name}]`);
  }

  /** Return the rows as the judge reads them. */
  list() {
    return new Map([...this.rows].map(([reference, { dataset }]) => [reference, { reference, ...dataset }]));
  }

  /** Take what was typed, leave the fields empty and the cursor where the scanner writes. */
  taken() {
    const { text, tail } = this.form.elements;
    const isScan = tail.value.length > LONGEST_TAIL; // of the next person, while the last four were asked for
    const presented = isScan ? { text: tail.value, tail: "" } : { text: text.value, tail: tail.value };
    this.form.reset();
    text.value = tail.value = "";
    text.focus();
    return presented;
  }

  /** Give back a reference whose last four are still to be asked for. */
  askTail(reference) {
    const { text, tail } = this.form.elements;
    if (text.value) return; // the next one has been scanned meanwhile
    text.value = reference;
    tail.focus();
  }

  /** Show one big answer: {look, title, says, who, reference, left}; `undo` takes it back on this device. */
  answer({ look, title, says, who = "", reference = "", left = 0, token = "" }, undo = null) {
    const shown = this.at(`look="${look}"`).content.firstElementChild.cloneNode(true);
    const say = (place, words) => {
      const element = shown.querySelector(`[data-${place}]`);
      element.textContent = words;
      element.hidden = !words;
    };
    say("title", title);
    say("who", who);
    say("says", says);
    const form = shown.querySelector("[data-undo]");
    if (form && !left && !undo) form.remove();
    else if (form) this.prepare(form, { reference, left, token }, undo);
    this.answers.replaceChildren(shown);
    this.answers.scrollIntoView({ block: "nearest" });
  }

  prepare(form, { reference, left, token }, undo) {
    form.elements.reference.value = reference;
    form.elements.csrf_token.value = token;
    if (undo) {
      form.addEventListener("submit", (event) => {
        event.preventDefault();
        undo();
      });
    }
    if (left) countDown(form, performance.now() + left * SECOND);
  }

  /** Return the words of a code as an answer. */
  worded(code) {
    const { look, title } = this.words.get(code).dataset;
    return { look, title, says: this.words.get(code).textContent };
  }

  /** Say how the line stands ("connected", "away", "signed-out") and how many check-ins wait for it. */
  line(state, waiting, elsewhere) {
    for (const one of this.root.querySelectorAll("[data-line]")) one.hidden = one.dataset.line !== state;
    this.at("waiting").hidden = !waiting;
    this.at("waiting-count").textContent = waiting;
    this.at("elsewhere").hidden = !elsewhere.length;
    this.at("elsewhere-list").replaceChildren(...elsewhere.map((slot) => this.elsewhere(slot)));
  }

  elsewhere(slot) {
    const entry = this.at("elsewhere-entry").content.firstElementChild.cloneNode(true);
    const link = entry.querySelector("a");
    link.href = new URL(slot, link.href).pathname;
    link.append(` ${slot}`);
    return entry;
  }

  /** Write how somebody stands: a state of the list, or "waiting" for one that only this device knows. */
  row(reference, state, at) {
    const mark = this.rows.get(reference);
    if (!mark) return;
    mark.dataset.state = state === "waiting" ? "present" : state;
    const cells = mark.closest("tr");
    const tag = this.at("tags").content.querySelector(`[data-tag="${state}"]`);
    if (tag) cells.querySelector("[data-state-shown]").replaceChildren(tag.firstElementChild.cloneNode(true));
    cells.querySelector("[data-at]").textContent = at || "—";
    this.count();
  }

  /** Count who stands where, those whom only this device knows among them. */
  count() {
    const states = [...this.rows.values()].map((mark) => mark.dataset.state);
    for (const link of this.root.querySelectorAll("[data-filter]")) {
      const { filter } = link.dataset;
      const count = filter ? states.filter((state) => state === filter).length : states.length;
      link.querySelector("strong").textContent = count;
    }
  }

  /** Write what the server says of the whole roster. */
  roster({ rows, as_of: asOf }) {
    for (const { reference, state, at } of rows) this.row(reference, state, at);
    this.at("as-of").textContent = asOf;
    this.at("new-rows").hidden = rows.every((row) => this.rows.has(row.reference));
  }

  /** List what the server has refused, until somebody has seen it. */
  refused(entries, seen) {
    this.at("refused").hidden = !entries.length;
    this.at("refused-list").replaceChildren(...entries.map((entry) => this.refusal(entry, seen)));
  }

  refusal(entry, seen) {
    const shown = this.at("refused-entry").content.firstElementChild.cloneNode(true);
    const who = this.rows.get(entry.reference)?.dataset.who;
    const what = [who, entry.reference, clock(entry.at)].filter(Boolean);
    shown.querySelector("[data-what]").textContent = what.join(" · ");
    shown.querySelector("[data-why]").textContent = entry.says;
    shown.querySelector("button").addEventListener("click", () => seen(entry));
    return shown;
  }

  /** Show the rows of one state, or all: the sheet hides the others. */
  filter(state) {
    this.at("list").className = state ? `list only-${state}` : "list";
    for (const link of this.root.querySelectorAll("[data-filter]")) {
      if (link.dataset.filter === state) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
  }
}

/** Return an instant as the wall clock shows it. */
export function clock(instant) {
  return new Date(instant).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: "Asia/Shanghai" });
}

/** Show how many minutes and seconds are left, and take the form away when none are. */
function countDown(form, until) {
  const left = Math.ceil((until - performance.now()) / SECOND);
  if (left <= 0) return form.remove();
  form.querySelector("[data-time]").hidden = false;
  form.querySelector("[data-left]").textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
  return setTimeout(() => countDown(form, until), SECOND);
}
