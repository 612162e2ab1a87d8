/* What must be true of announcement, rows and random values beyond their hashes; each yields what is wrong. */

import { isAsking, wishTable } from "./draw.js";

const AFTER_CLOSE = new Set(["refused", "correct"]);
const CHANGING = new Set(["replace", "withdraw"]);
const VALUES = new Map([
  ["drand", /^[0-9a-f]{64}$/],
  ["demo", /^[0-9a-f]{64}$/],
  ["draw", /^[0-9]+( [0-9]+)*$/],
]);

const standsTwice = (list) => new Set(list).size < list.length;

/** Cut an instant to its minute. */
function minuteOf(instant) {
  return `${instant.slice(0, 16)}:00Z`;
}

/** Yield where the announced times are out of order, or a lane or slot stands twice. */
export function* wrongAnnouncement(announcement) {
  const { opens_at, closes_at, objections_until, beacon_not_before, lanes, slots } = announcement;
  const times = [opens_at, closes_at, objections_until, beacon_not_before];
  if (times.some((time, at) => at > 0 && time < times[at - 1])) yield "the announced times are out of order";
  for (const what of ["lanes", "beacon"]) {
    const list = announcement[what];
    if (!list.length || standsTwice(list)) yield `${what} are missing or stand twice`;
  }
  if (announcement.attempt < 1) yield "attempts are counted from 1";
  if (standsTwice(slots.map(({ id }) => id))) yield "a slot stands twice";
  for (const { id, quota } of slots) {
    const strange = Object.keys(quota).find((lane) => !lanes.includes(lane));
    if (strange !== undefined) yield `slot ${id} has seats in the lane ${strange}, which was not announced`;
  }
}

/** Yield the rows whose minute runs backwards, lies outside its checkpoints, or behind the close. */
export function* wrongMinutes(rows, announcement, checkpoints, freeze) {
  const points = [...checkpoints, freeze];
  let latest = minuteOf(announcement.opens_at);
  let next = 0;
  for (const { minute, seq, kind } of rows) {
    for (; next < points.length && points[next].n <= seq; next += 1) {
      const behind = minuteOf(points[next].at); // leaf `seq` lies behind this checkpoint
      if (behind > latest) latest = behind;
    }
    if (minute < latest) yield `the minute of row ${seq} runs backwards`;
    if (next < points.length && minute > points[next].at) yield `row ${seq} is later than its checkpoint`;
    if (minute > announcement.closes_at && !AFTER_CLOSE.has(kind)) yield `row ${seq} came after the close`;
    if (minute > latest) latest = minute;
  }
}

/** Yield where a person stands twice, changes what is not there, or asks for what was not announced. */
export function* wrongRows(rows, announcement) {
  const table = wishTable(announcement.slots);
  const live = new Set();
  for (const row of rows) {
    const { kind, pid, seq } = row;
    if (kind === "apply" && live.has(pid)) yield `row ${seq}: ${pid} applies a second time`;
    if (CHANGING.has(kind) && !live.has(pid)) yield `row ${seq}: ${pid} has nothing to ${kind}`;
    if (kind === "withdraw") live.delete(pid);
    if (!isAsking(kind)) continue;
    live.add(pid);
    yield* wrongRequest(row, announcement, table);
  }
}

function* wrongRequest(row, { lanes, method }, table) {
  const { seq, lane, wishes } = row;
  if (!lanes.includes(lane)) yield `row ${seq}: the lane ${lane} was not announced`;
  if ((row.ranking_time === "") !== (method === "lottery")) {
    yield `row ${seq}: a ranking time belongs to ranked rounds, and only to them`;
  }
  if (standsTwice(wishes)) yield `row ${seq}: a wish stands twice`;
  const strange = wishes.find((wish) => !table.has(wish));
  if (strange !== undefined) yield `row ${seq}: the wish ${strange} is not of this round`;
  if (row.kind === "correct" && (row.by.length !== 2 || standsTwice(row.by))) {
    yield `row ${seq}: a correction needs two people`;
  }
}

/** Yield where the random values are not those of the announced sources, or not spelled as such values are. */
export function* wrongValues(values, sources) {
  if (values.length !== sources.length || values.some(({ source }, at) => source !== sources[at])) {
    yield "the sources are not the announced ones in their order";
  }
  for (const { source, value } of values) {
    const spelling = VALUES.get(source.split(":", 1)[0]);
    if (!spelling?.test(value)) yield `the value of ${source} is not one of such a source`;
  }
}
