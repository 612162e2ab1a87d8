/* What happened after the draw, as a chain: each event's hash takes in the one before it. */

import { canonical } from "./canonical.js";
import { known, seatsOf, wishTable } from "./draw.js";
import { TAG, digest } from "./hash.js";

const FREEING = new Set(["cancelled", "cancelled_by_office"]);

/** Return the hash of an event; the first event's previous is the outcome hash. */
export function eventHash(previous, event) {
  return digest(TAG.event, previous, canonical(event));
}

/** Who holds which seat of a round, how many are free, and who of the queue has had a turn, as events go by. */
class Seats {
  constructor(result, slots) {
    this.holders = new Map(result);
    this.free = new Map(slots.map((slot) => [slot.id, seatsOf(slot)]));
    this.reserve = new Map(slots.map(({ id, reserve }) => [id, reserve]));
    this.gone = new Set();
    for (const slot of this.holders.values()) this.free.set(slot, this.free.get(slot) - 1);
  }

  /** Take one event in; return "" or what is wrong with it. Whose turn a grant was, `Line` says. */
  apply({ kind, pid, slot }) {
    if (!this.free.has(slot)) return `slot ${slot} is not of this round`;
    if (kind === "granted") return this.grant(pid, slot, this.free);
    if (kind === "manual") return this.grant(pid, slot, this.reserve);
    if (this.holders.get(pid) !== slot) return `${pid} does not hold slot ${slot}`;
    this.holders.delete(pid);
    if (FREEING.has(kind)) this.free.set(slot, this.free.get(slot) + 1);
    return "";
  }

  grant(pid, slot, left) {
    if (this.holders.has(pid)) return `${pid} holds a place already`;
    if (left.get(slot) < 1) return `no seat of slot ${slot} is left`;
    left.set(slot, left.get(slot) - 1);
    this.holders.set(pid, slot);
    this.gone.add(pid);
    return "";
  }
}

/** The waiting queue of a round, asked slot by slot for the first who wants it and has not had a turn. */
class Line {
  constructor(waiting, applicants, slots) {
    const table = wishTable(slots);
    this.queues = new Map(slots.map(({ id }) => [id, { pids: [], head: 0 }]));
    for (const pid of waiting) {
      const wished = new Set(applicants.get(pid).wishes.flatMap((wish) => known(table, wish)));
      for (const slot of wished) this.queues.get(slot).pids.push(pid);
    }
  }

  nextFor(slot, gone) {
    const queue = this.queues.get(slot);
    while (queue && gone.has(queue.pids[queue.head])) queue.head += 1; // who is gone does not come back
    return queue?.pids[queue.head] ?? null;
  }
}

/** Yield what is wrong with the events, in their order: numbers, times, seats, and whose turn it was. */
export function* wrongEvents(events, outcome, applicants, slots) {
  const held = new Seats(outcome.result, slots);
  const line = new Line(outcome.waiting, applicants, slots);
  let latest = "";
  for (const [at, event] of events.entries()) {
    const number = at + 1;
    if (event.n !== number) yield `event ${number} has the number ${event.n}`;
    if (event.at < latest) yield `event ${number} is earlier than the one before it`;
    latest = event.at;
    const turn = line.nextFor(event.slot, held.gone);
    const problem = held.apply(event);
    if (problem) yield `event ${number}: ${problem}`;
    else if (event.kind === "granted" && event.pid !== turn) {
      yield `event ${number}: the seat was ${turn ?? "nobody"}'s, not ${event.pid}'s`;
    }
  }
}
