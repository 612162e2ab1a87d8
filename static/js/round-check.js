/*
 * The check of a round on its own page. Every word that people read stands in the page (data-word-…, data-words);
 * only the technical text of a problem comes from the checker.
 */

import { check } from "./record/checker.js";
import { ownLine } from "./record/own.js";

const RECEIPTS = 10;
const LOOKS = { ok: "green", wrong: "red", "not checked": "grey" };
const WORDS = { ok: "wordOk", wrong: "wordWrong", "not checked": "wordUnchecked" };

class RoundCheck {
  constructor(root) {
    this.root = root;
    this.says = root.querySelector("[data-says]");
    this.isBusy = false;
    this.verdict = "";
    root.querySelector("[data-check]").addEventListener("click", () => {
      root.querySelector("details").open = true; // the steps
      this.alone(() => this.run());
    });
    root.querySelector("[data-own-form]").addEventListener("submit", (event) => {
      event.preventDefault();
      this.alone(() => this.showOwnLine());
    });
    root.querySelector("[data-needs-script]").hidden = false;
    root.querySelector("[data-otherwise]").open = false; // the other way, for whoever has no script
  }

  /** Do one thing at a time, and say so when it cannot be done. */
  async alone(work) {
    if (this.isBusy) return;
    this.isBusy = true;
    try {
      await work();
    } catch (failure) {
      this.tell(this.root.dataset.saysUnread, String(failure));
    } finally {
      this.isBusy = false;
    }
  }

  tell(words, problem = "") {
    this.says.textContent = words;
    this.say(this.root.querySelector("[data-says-problem]"), problem);
  }

  /** Write into a place of the page, which is hidden while it says nothing. */
  say(place, words) {
    place.textContent = words;
    place.hidden = !words;
  }

  /** Check the record step by step, with the receipts that were chosen. */
  async run() {
    this.verdict = "";
    const steps = this.root.querySelectorAll("[data-step]");
    for (const step of steps) this.mark(step, "grey", this.root.dataset.wordLater);
    this.tell(this.root.dataset.saysLoading);
    this.record = await this.loaded();
    const files = [...this.root.querySelector("[data-receipts]").files];
    const receipts = await Promise.all(files.map(bytesOf));
    const states = new Map();
    this.begin(0);
    for await (const { number, state, problem } of check(this.record, receipts)) {
      states.set(number, state);
      const isOwnChoice = number === RECEIPTS && !receipts.length;
      this.show(number, state, isOwnChoice ? "" : problem);
      if (number > 0 || state === "ok") this.begin(number + 1);
      await breath();
    }
    this.verdict = verdictOf(states);
    this.tell(this.root.dataset[`says${this.verdict}`]);
  }

  async loaded() {
    const answer = await fetch(this.root.dataset.recordUrl, { credentials: "omit" });
    if (!answer.ok) throw new Error(`${answer.status} ${answer.statusText}`);
    return new Uint8Array(await answer.arrayBuffer());
  }

  step(number) {
    return this.root.querySelector(`[data-step="${number}"]`);
  }

  begin(number) {
    const step = this.step(number);
    if (!step) return;
    this.mark(step, "blue", this.root.dataset.wordNow);
    this.tell(step.querySelector("[data-title]").textContent);
  }

  show(number, state, problem) {
    this.mark(this.step(number), LOOKS[state], this.root.dataset[WORDS[state]], problem);
  }

  mark(step, look, word, problem = "") {
    const state = step.querySelector("[data-state]");
    state.className = `tag ${look}`;
    state.textContent = word;
    this.say(step.querySelector("[data-problem]"), problem);
  }

  /** Show how the person of the pid stands, once the record has been found to hold. */
  async showOwnLine() {
    const output = this.root.querySelector("[data-own-says]");
    const list = this.root.querySelector("[data-own]");
    list.hidden = true;
    output.textContent = "";
    if (!this.verdict) await this.run();
    if (this.verdict === "Wrong" || this.verdict === "Unchecked") {
      output.textContent = this.root.dataset.ownRefused;
      return;
    }
    const line = await ownLine(this.record, this.root.querySelector("[data-pid]").value.trim().toLowerCase());
    if (!line) output.textContent = this.root.dataset.ownUnknown;
    else if (!line.applicant) output.textContent = this.word(`own-${line.last.kind}`);
    else this.fill(list, output, line);
  }

  fill(list, output, line) {
    output.textContent = this.word(line.granted ? "own-granted" : "own-waiting");
    const place = line.granted ? ["slot", this.word(line.granted)] : ["waiting", line.waiting];
    const { lane, ranking_time } = line.applicant;
    list.replaceChildren(
      this.entry(this.word(`own-title-${place[0]}`), place[1]),
      this.entry(this.word("own-title-ahead"), `${line.ahead} / ${line.others}`),
      this.entry(this.word("own-title-key"), joined(this.word(lane), ranking_time, line.ticket)),
      ...line.cutOffs.map((last) => this.cutOff(last)),
      ...line.events.map((event) => this.event(event)),
    );
    list.hidden = false;
  }

  cutOff({ slot, lane, ranking_time, ticket }) {
    const title = `${this.word("own-title-last")} ${this.word(slot)}`;
    return this.entry(title, joined(this.word(lane || "own-nobody"), ranking_time, ticket));
  }

  event({ kind, slot, at, reason }) {
    return this.entry(at, joined(this.word(kind), this.word(slot), reason));
  }

  /** Return one entry of the own line, made from the template of the page. */
  entry(title, text) {
    const entry = this.root.querySelector("[data-entry]").content.firstElementChild.cloneNode(true);
    entry.querySelector("dt").textContent = title;
    entry.querySelector("dd").textContent = text;
    return entry;
  }

  /** Return the page's word for a code of the record, or the code itself. */
  word(code) {
    const words = [...this.root.querySelector("[data-words]").content.querySelectorAll("data")];
    return words.find((one) => one.value === code)?.textContent ?? code;
  }
}

/** Return what to say at the end. The record may hold where only the receipt does not belong to it. */
function verdictOf(states) {
  const others = [...states].filter(([number]) => number !== RECEIPTS).map(([, state]) => state);
  if (others.includes("wrong")) return "Wrong";
  if (others.includes("not checked")) return "Unchecked";
  return states.get(RECEIPTS) === "wrong" ? "Receipt" : "Holds";
}

function joined(...texts) {
  return texts.filter(Boolean).join(" · ");
}

async function bytesOf(file) {
  return new Uint8Array(await file.arrayBuffer());
}

/** Let the browser paint what has been found so far. */
function breath() {
  return new Promise((done) => setTimeout(done));
}

for (const root of document.querySelectorAll("[data-record-check]")) new RoundCheck(root);
