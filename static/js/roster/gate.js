/*
 * The gate of an exam session: whoever is scanned gets one answer at once, with or without network. Each check-in is
 * written on this device first and sent then; it stays until the server has answered for it. Without this script the
 * page works by its forms.
 */

import { judge, STANDS } from "./judge.js";
import { forgetThisPage, instant, keepAnew, keepThisPage, learnClock, note, setClock } from "./keeping.js";
import { Line, NoNetworkError, SignedOutError } from "./line.js";
import { clock, Screen } from "./screen.js";
import { newKey, Store } from "./store.js";

const AT_ONCE = 50;
const [SHORTEST, LONGEST, CALM] = [2000, 60_000, 30_000];
const UNTOUCHED = 10 * 60_000; // then the page asks nothing more: a device left alone must not stay signed in

class Gate {
  constructor(root, store) {
    this.root = root;
    this.store = store;
    this.slot = root.dataset.slot;
    this.screen = new Screen(root);
    this.server = new Line(root.dataset.sync, root.dataset.token);
    this.state = navigator.onLine ? "connected" : "away";
    this.turn = Promise.resolve();
    this.touchedAt = performance.now();
    learnClock(root.dataset.asOf);
    this.listen();
  }

  /** Take over the page: forget what the server knows by now, show what it does not, and go on looking. */
  async begin() {
    await this.tidy();
    if (this.root.dataset.closed) forgetThisPage();
    else keepThisPage(this.root.dataset.worker, this.root.dataset.scope);
    await this.paint();
    this.look();
  }

  listen() {
    const { form, root } = this.screen;
    form?.addEventListener("submit", (event) => {
      event.preventDefault();
      const presented = this.screen.taken();
      this.afterThat(() => this.scan(presented));
    });
    this.screen.at("send").addEventListener("click", () => this.look());
    addEventListener("online", async () => {
      await this.looking;
      this.look();
    });
    addEventListener("offline", () => this.stand("away"));
    for (const kind of ["keydown", "pointerdown"]) addEventListener(kind, () => this.touched());
    document.addEventListener("submit", (event) => this.mayLeave(event), true);
    for (const link of root.querySelectorAll("[data-filter]")) {
      link.addEventListener("click", (event) => {
        event.preventDefault();
        this.screen.filter(link.dataset.filter);
      });
    }
  }

  touched() {
    const wasLeftAlone = this.isLeftAlone();
    this.touchedAt = performance.now();
    if (wasLeftAlone) this.look();
  }

  isLeftAlone() {
    return performance.now() - this.touchedAt > UNTOUCHED;
  }

  /** Do one thing after the other: a scanner does not wait for the answer to the one before. */
  afterThat(work) {
    this.turn = this.turn.then(work).catch((failure) => this.fail(failure));
    return this.turn;
  }

  fail(failure) {
    this.screen.answer({ ...this.screen.worded("fault"), who: String(failure) });
  }

  /** Answer to whoever was scanned or typed. What this device would refuse is asked of the server all the same. */
  async scan(presented) {
    if (!presented.text.trim()) return this.screen.answer(this.screen.worded("nothing"));
    const found = await judge(presented, this.roster());
    if (found.code === "tail_missing") this.screen.askTail(found.row.reference);
    else if (STANDS.has(found.code)) return this.checkIn(found);
    else if (await this.asked(presented)) return undefined;
    return this.show(found);
  }

  roster() {
    const { closed, from, until, service, site, startsAt } = this.root.dataset;
    const keys = new Map(this.root.dataset.keys.split(" ").map((key) => key.split(":")));
    const rows = this.screen.list();
    return { isClosed: Boolean(closed), now: instant(), from, until, keys, service, site, startsAt, rows };
  }

  async checkIn(found) {
    const { text, tail, row } = found;
    const reference = row?.reference ?? text.split(".")[2];
    const entry = { key: newKey(), slot: this.slot, reference, text, tail, at: instant(), state: "waiting" };
    await this.store.put(entry);
    this.screen.row(reference, "waiting", clock(entry.at));
    const answers = this.state === "connected" ? await this.reached(() => this.send(entry.key)) : null;
    const answer = answers?.find((one) => one.device_key === entry.key);
    if (answer) this.screen.answer({ ...answer, token: this.server.token });
    else this.show(found, () => this.afterThat(() => this.takeBack(entry)));
    await this.paint();
  }

  /** Ask the server about somebody whom this device does not know; say whether it has answered. */
  async asked(presented) {
    if (this.state !== "connected") return false;
    const item = { device_key: newKey(), ...presented, at: instant() };
    const heard = await this.reached(() => this.server.send([item]));
    if (!heard) return false;
    this.screen.answer({ ...heard.answers[0], token: this.server.token });
    this.heard(heard);
    return true;
  }

  show({ code, row }, undo = null) {
    const who = row ? this.screen.rows.get(row.reference).dataset.who : "";
    this.screen.answer({ ...this.screen.worded(code), who }, undo);
  }

  /** Take back a check-in that has not left this device; one that has is taken back on the server. */
  async takeBack(entry) {
    await this.looking;
    const [still] = (await this.store.entries(this.slot)).filter((one) => one.key === entry.key);
    if (still?.state !== "waiting" || still.mayHaveArrived) return this.screen.answer(this.screen.worded("sent_meanwhile"));
    await this.store.remove(entry.key);
    this.screen.row(entry.reference, "expected", "");
    this.screen.answer(this.screen.worded("taken_back"));
    return this.paint();
  }

  /** Look after what waits, beside the scanning: a slow network must not hold up the gate. */
  look(pause = SHORTEST) {
    this.looking ??= this.lookNow(pause)
      .catch((failure) => this.fail(failure))
      .finally(() => {
        this.looking = null;
      });
  }

  /** Send what waits, or else ask how the roster stands; then look again, the later the longer there is no network. */
  async lookNow(pause) {
    clearTimeout(this.timer);
    const answers = await this.reached(() => this.send());
    if (answers?.length === 0) await this.reached(async () => this.heard(await this.server.state()));
    await this.paint();
    if (this.isLeftAlone() && this.screen.at("waiting").hidden) return;
    const isConnected = this.state === "connected";
    const next = isConnected ? SHORTEST : Math.min(2 * pause, LONGEST);
    this.timer = setTimeout(() => this.look(next), isConnected ? CALM : pause);
  }

  /** Send all that waits, the oldest first, and return the answers. `onScreen`: the one that is about to be shown. */
  async send(onScreen = "") {
    const waiting = (await this.store.entries(this.slot)).filter((entry) => entry.state === "waiting");
    const answers = [];
    for (let from = 0; from < waiting.length; from += AT_ONCE) {
      const batch = waiting.slice(from, from + AT_ONCE);
      const heard = await this.sent(batch);
      for (const answer of heard.answers) await this.settle(batch, answer, onScreen);
      this.heard(heard);
      answers.push(...heard.answers);
    }
    return answers;
  }

  /** Send some entries; keep of each whether it may have arrived though no answer came. */
  async sent(batch) {
    try {
      return await this.server.send(batch.map(asItem));
    } catch (failure) {
      if (failure.mayHaveArrived) {
        for (const entry of batch) await this.store.put({ ...entry, mayHaveArrived: true });
      }
      throw failure;
    }
  }

  async settle(batch, { device_key: key, is_in: isIn, title, says }, onScreen) {
    const entry = batch.find((one) => one.key === key);
    if (!entry) return;
    if (isIn) await this.store.put({ ...entry, text: "", state: "sent", sentAt: instant() });
    else if (key === onScreen) await this.store.remove(key);
    else await this.store.put({ ...entry, text: "", state: "refused", title, says });
  }

  heard(state) {
    setClock(state.now);
    this.screen.roster(state);
    this.keep(JSON.stringify(state.rows));
  }

  /** Keep the page anew where the list has changed; what was sent before that need not be remembered any more. */
  async keep(stamp) {
    if (this.stamp === stamp || this.root.dataset.closed) return;
    const from = instant();
    if ((await keepAnew()) === false) return;
    this.stamp = stamp;
    for (const entry of await this.store.entries(this.slot)) {
      if (entry.state === "sent" && entry.sentAt < from) await this.store.remove(entry.key);
    }
  }

  /** Do what needs the server; return undefined where it cannot be reached, and say so on the page. */
  async reached(work) {
    try {
      const found = await work();
      this.stand("connected");
      return found;
    } catch (failure) {
      if (failure instanceof SignedOutError) this.stand("signed-out");
      else if (failure instanceof NoNetworkError) this.stand("away");
      else throw failure;
      return undefined;
    }
  }

  stand(state) {
    this.state = state;
    this.afterThat(() => this.paint());
  }

  /** Write what only this device knows over what the server has said. */
  async paint() {
    const all = await this.store.entries();
    const waiting = all.filter((entry) => entry.state === "waiting");
    const mine = all.filter((entry) => entry.slot === this.slot);
    for (const { reference, state, at } of mine) {
      const isKnown = this.screen.rows.get(reference)?.dataset.state !== "expected";
      if (state === "waiting") this.screen.row(reference, "waiting", clock(at));
      else if (state === "sent" && !isKnown && this.state !== "connected") this.screen.row(reference, "present", clock(at));
    }
    const elsewhere = new Set(waiting.map((entry) => entry.slot).filter((slot) => slot !== this.slot));
    const here = mine.filter((entry) => entry.state === "waiting").length;
    this.screen.line(this.state, here, [...elsewhere]);
    this.screen.refused(
      mine.filter((entry) => entry.state === "refused"),
      (entry) => this.afterThat(() => this.seen(entry)),
    );
    note(all.filter((entry) => entry.state !== "sent").length, location.protocol === "https:");
  }

  async seen(entry) {
    await this.store.remove(entry.key);
    await this.paint();
  }

  /** Forget what was sent before the server made this page: the page knows it. */
  async tidy() {
    for (const entry of await this.store.entries()) {
      const isOver = this.root.dataset.closed && entry.slot === this.slot;
      const isShown = entry.slot === this.slot && entry.sentAt < this.root.dataset.asOf;
      if (entry.state === "sent" && (isOver || isShown || isOld(entry))) await this.store.remove(entry.key);
    }
  }

  /** Forms other than the gate's need the server; signing out leaves behind what waits. */
  mayLeave(event) {
    if (event.target === this.screen.form || event.target.matches("[data-undo]")) return;
    const waits = !this.screen.at("waiting").hidden;
    const { confirmLeaving } = this.root.dataset;
    if (event.target.action.endsWith("/sign-out") && waits && !confirm(confirmLeaving)) event.preventDefault();
    else if (this.state === "away") {
      event.preventDefault();
      this.screen.answer(this.screen.worded("needs_network"));
    }
  }
}

function asItem({ key, text, tail, at }) {
  return { device_key: key, text, tail, at };
}

function isOld({ at }) {
  return Date.parse(instant()) - Date.parse(at) > 24 * 3600 * 1000;
}

for (const root of document.querySelectorAll("[data-roster]")) {
  Store.open().then(
    (store) => new Gate(root, store).begin(),
    () => {}, // a browser that keeps nothing is left to the forms
  );
}
