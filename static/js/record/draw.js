/* The draw: who comes before whom, and who gets which place. No time of arrival goes in, so none can matter. */

import { compareLists, compareText, eightBytes, hexOf, utf8 } from "./bytes.js";
import { canonical } from "./canonical.js";
import { TAG, all, digest, hmacUnder } from "./hash.js";

const MOST_LOTS = 16;
const ASKING = new Set(["apply", "replace", "correct"]);

/** A lane or a wish that was not announced, so that the rule cannot be applied. */
export class ImpossibleError extends Error {}

export function isAsking(kind) {
  return ASKING.has(kind);
}

/** Return how many seats a slot has in all lanes together. */
export function seatsOf({ quota }) {
  return Object.values(quota).reduce((sum, seats) => sum + seats, 0);
}

/** Return the value under a key of a Map; throw ImpossibleError where there is none. */
export function known(map, key) {
  if (!map.has(key)) throw new ImpossibleError(`${key} is not in the announcement`);
  return map.get(key);
}

/** Return the rows that count, by pid: the last that asks for something, unless it was withdrawn after it. */
export function effective(rows) {
  const asking = new Map();
  for (const row of rows) {
    if (isAsking(row.kind)) asking.set(row.pid, row);
    else if (row.kind === "withdraw") asking.delete(row.pid);
  }
  return asking;
}

/** Return the slots that each possible wish stands for; a site's in order of time, then id. */
export function wishTable(slots) {
  const table = new Map(slots.map(({ id }) => [id, [id]]));
  const key = ({ starts_at, id }) => [starts_at, id];
  const byTime = [...slots].sort((left, right) => compareLists(key(left), key(right)));
  for (const { id, site } of byTime) table.set(`*${site}`, [...(table.get(`*${site}`) ?? []), id]);
  return table;
}

/** Return the seed: the sealed list and the public random values together, so that neither decides alone. */
export function seedOf(firstLeaf, n, root, beacon) {
  return digest(TAG.seed, firstLeaf, eightBytes(n), root, canonical(beacon));
}

/** Return by pid what orders people within a lane: [ranking time (none in a lottery), ticket, pid]. */
export async function keysOf(applicants, seed, method) {
  const people = [...applicants.values()];
  const lots = people.flatMap((person, at) => lotsOf(person, method).map((lot) => [at, lot]));
  const hmac = await hmacUnder(seed);
  const drawn = await all(lots, async ([, lot]) => hexOf(await hmac(utf8(lot))));
  const tickets = [];
  lots.forEach(([at], place) => {
    if (tickets[at] === undefined || drawn[place] < tickets[at]) tickets[at] = drawn[place];
  });
  const timeOf = (person) => (method === "lottery" ? "" : person.ranking_time);
  return new Map(people.map((person, at) => [person.pid, [timeOf(person), tickets[at], person.pid]]));
}

/** Return the texts a person's ticket is the smallest hash of: each lost draw doubled the lots of a lottery. */
function lotsOf({ pid, losses }, method) {
  if (method !== "lottery") return [pid];
  const lots = Math.min(2 ** Math.min(losses, 4), MOST_LOTS);
  return Array.from({ length: lots }, (_, lot) => `${pid}:${lot}`);
}

/** Return {order, result, waiting, sample} as the announced rule gives them; throw ImpossibleError. */
export async function draw(applicants, announcement, seed) {
  const { lanes, method, slots, sample } = announcement;
  const keys = await keysOf(applicants, seed, method);
  const byKey = (left, right) => compareLists(keys.get(left), keys.get(right));
  const rank = new Map(lanes.map((lane, place) => [lane, place]));
  const place = (pid) => known(rank, applicants.get(pid).lane);
  const placed = new Map([...applicants.keys()].map((pid) => [pid, place(pid)]));
  const order = [...placed.keys()].sort((left, right) => placed.get(left) - placed.get(right) || byKey(left, right));
  const granted = allot(applicants, order, byKey, slots, lanes);
  return {
    order,
    result: order.filter((pid) => granted.has(pid)).map((pid) => [pid, granted.get(pid)]),
    waiting: order.filter((pid) => !granted.has(pid)).sort(byKey),
    sample: await spotCheck([...granted.keys()], seed, sample),
  };
}

/** Return pid → slot: lane by lane, each gets the first wish that still has a seat. */
function allot(applicants, order, byKey, slots, lanes) {
  const table = wishTable(slots);
  const left = new Map(slots.map(({ id }) => [id, 0]));
  const granted = new Map();
  const without = [];
  for (const lane of lanes) {
    for (const { id, quota } of slots) left.set(id, left.get(id) + (quota[lane] ?? 0));
    let turn = order.filter((pid) => applicants.get(pid).lane === lane);
    if (lane === lanes.at(-1) && without.length) turn = [...turn, ...without].sort(byKey);
    for (const pid of turn) {
      const slot = firstFree(applicants.get(pid).wishes, table, left);
      if (slot === null) without.push(pid);
      else {
        granted.set(pid, slot);
        left.set(slot, left.get(slot) - 1);
      }
    }
  }
  return granted;
}

function firstFree(wishes, table, left) {
  for (const wish of wishes) {
    const free = known(table, wish).find((slot) => left.get(slot) > 0);
    if (free !== undefined) return free;
  }
  return null;
}

/** Return the granted pids that the office examines: nobody chooses them, the seed does. */
async function spotCheck(granted, seed, size) {
  const drawn = await all(granted, async (pid) => [hexOf(await digest(TAG.sample, seed, utf8(pid))), pid]);
  const sorted = drawn.sort(([left], [right]) => compareText(left, right));
  return sorted.slice(0, size).map(([, pid]) => pid);
}

/** Return the hash that binds everything decided, and the checkpoints that led there. */
export function outcomeHash(outcome, checkpoints, freeze) {
  const { order, result, waiting, sample } = outcome;
  return digest(TAG.outcome, ...[order, result, waiting, sample, checkpoints, freeze].map(canonical));
}
