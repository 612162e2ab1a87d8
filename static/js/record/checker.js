/*
 * The checks of a public record, with the numbers that docs/record.md gives them.
 * No network, no secret, nothing of the page: what runs here, anybody can run.
 */

import { hexOf } from "./bytes.js";
import { canonicalText } from "./canonical.js";
import { ImpossibleError, seatsOf } from "./draw.js";
import { eventHash, wrongEvents } from "./events.js";
import { CAN_HASH, all } from "./hash.js";
import { receiptFound } from "./receipts.js";
import { Record } from "./record.js";
import { wrongAnnouncement, wrongMinutes, wrongRows, wrongValues } from "./rows.js";
import { UnfitRecordError } from "./shape.js";

const RECEIPTS = "receipts";
const CHECKS = [
  ["announcement", announcementIsLeaf0],
  ["rows", rowsAreSealed],
  ["checkpoints", checkpointsArePrefixes],
  ["freeze", nothingAfterFreeze],
  ["minutes", ({ rows, announcement, data }) => wrongMinutes(rows, announcement, data.checkpoints, data.freeze)],
  ["one_row_each", ({ rows, announcement }) => wrongRows(rows, announcement)],
  ["beacon", ({ data, announcement }) => wrongValues(data.beacon, announcement.beacon)],
  ["outcome", outcomeRecomputes],
  ["quota", nobodyBeyondQuota],
  [RECEIPTS, null],
  ["events", eventsAreInOrder],
];

/**
 * Yield {number, name, state, problem} for each check: "ok", "wrong" or "not checked", and the first thing that is
 * wrong. Record and receipts are texts or bytes. What has not the shape of a record fails at 0, and nothing follows.
 */
export async function* check(source, receipts = []) {
  let record;
  try {
    record = new Record(source);
  } catch (failure) {
    if (!(failure instanceof UnfitRecordError)) throw failure;
    yield { number: 0, name: "shape", state: "wrong", problem: failure.message };
    return;
  }
  yield { number: 0, name: "shape", state: "ok", problem: "" };
  for (const [place, [name, problems]] of CHECKS.entries()) {
    const [state, problem] = await stateOf(record, name, problems, receipts);
    yield { number: place + 1, name, state, problem };
  }
}

async function stateOf(record, name, problems, receipts) {
  if (!CAN_HASH) return ["not checked", "this browser computes hashes only for pages that came over https"];
  if (name === RECEIPTS) return receiptsState(record, receipts);
  try {
    for await (const problem of problems(record)) return ["wrong", problem];
  } catch (failure) {
    if (!(failure instanceof ImpossibleError)) throw failure;
    return ["wrong", failure.message];
  }
  return ["ok", ""];
}

async function receiptsState(record, receipts) {
  if (!receipts.length) return ["not checked", "no receipt was given"];
  const tree = await record.tree;
  const found = await all(receipts, (receipt) => receiptFound(receipt, record.announcement, tree));
  const worst = (wanted) => found.find(([state]) => state === wanted);
  return worst("wrong") ?? worst("not checked") ?? ["ok", ""];
}

async function* announcementIsLeaf0({ tree, data, announcement }) {
  const [leaf] = (await tree).levels[0];
  if (hexOf(leaf) !== data.announcement_hash) yield "the announcement does not hash to leaf 0";
  yield* wrongAnnouncement(announcement);
}

async function* rowsAreSealed({ tree, rows, data }) {
  for (const [at, { seq }] of rows.entries()) if (seq !== at + 1) yield `row ${at + 1} has the number ${seq}`;
  const { n, root } = data.freeze;
  const computed = await (await tree).root(n);
  if (!computed) yield `the freeze counts ${n} leaves, the file has ${rows.length + 1}`;
  else if (hexOf(computed) !== root) {
    yield "a row, a nonce or the announcement was changed: the leaves do not give the root of the freeze";
  }
}

async function* checkpointsArePrefixes({ tree, announcement, data }) {
  const points = data.checkpoints;
  if (!points.length || points[0].n !== 1 || points[0].at !== announcement.opens_at) {
    yield "the first checkpoint is not the opening with leaf 0 alone";
    return;
  }
  if (points.at(-1).at !== announcement.closes_at) yield "the last checkpoint is not that of the close";
  const following = [...points.slice(1), data.freeze];
  for (const [at, point] of following.entries()) {
    if (point.n < points[at].n || point.at < points[at].at) yield `the checkpoint of ${point.at} runs backwards`;
  }
  const whole = await tree;
  const roots = await all(points, ({ n }) => whole.root(n));
  for (const [at, { root, at: instant }] of points.entries()) {
    if (!roots[at] || hexOf(roots[at]) !== root) yield `the checkpoint of ${instant} is no prefix of the final tree`;
  }
}

function* nothingAfterFreeze({ rows, announcement, data }) {
  if (rows.length + 1 > data.freeze.n) yield `row ${data.freeze.n} came after the freeze`;
  if (data.freeze.at !== announcement.objections_until) yield "the freeze is not at the announced instant";
}

async function* outcomeRecomputes(record) {
  const { data } = record;
  if (hexOf(await record.seed) !== data.seed) {
    yield "the seed is not that of the sealed list and the public random values";
  }
  const computed = await record.outcome;
  for (const name of ["order", "result", "waiting", "sample"]) {
    if (canonicalText(computed[name]) !== canonicalText(data[name])) yield `${name} is not what the rule gives`;
  }
  if (hexOf(await record.binding) !== data.outcome_hash) yield "the outcome hash does not bind what is published";
}

function* nobodyBeyondQuota({ announcement, data }) {
  const left = new Map(announcement.slots.map((slot) => [slot.id, seatsOf(slot)]));
  for (const [, slot] of data.result) {
    left.set(slot, (left.get(slot) ?? 0) - 1);
    if (left.get(slot) < 0) yield `slot ${slot} has more people than seats`;
  }
}

async function* eventsAreInOrder(record) {
  const { data, announcement } = record;
  let previous = await record.binding;
  for (const [at, { event, hash }] of data.events.entries()) {
    previous = await eventHash(previous, event);
    if (hexOf(previous) !== hash) {
      yield `the chain breaks at event ${at + 1}`;
      return;
    }
  }
  const events = data.events.map(({ event }) => event);
  if (events.length && events[0].at < announcement.beacon_not_before) yield "an event is earlier than the draw";
  yield* wrongEvents(events, await record.outcome, record.applicants, announcement.slots);
}
