/* Check 12, one person's own line: the key, how many came before, each wish's cut-off, and what happened since. */

import { bytesOf, compareLists } from "./bytes.js";
import { keysOf, known, wishTable } from "./draw.js";
import { Record } from "./record.js";

/**
 * Return how `pid` stands in a record that holds, or null if no row has this pid.
 *
 * Who took part: {applicant (the effective row), ticket, ahead, others, granted (a slot id or ""), waiting (the place
 * in the queue from 1, or 0), cutOffs, events}. Who did not: {applicant: null, last (the last row)}.
 * A cut-off is the last person who got a seat of a wished slot: {slot, lane, ranking_time, ticket}, all but `slot`
 * "" where nobody did. It looks at the lanes in which this person stood, the own and the last one: a seat of another
 * lane was not to be had with any key.
 * Throws UnfitRecordError.
 */
export async function ownLine(source, pid) {
  const record = new Record(source);
  const applicant = record.applicants.get(pid);
  if (applicant) return lineOf(record, applicant);
  const last = record.rows.findLast((row) => row.pid === pid);
  return last ? { applicant: null, last } : null;
}

async function lineOf({ data, announcement, applicants }, applicant) {
  const { pid } = applicant;
  const keys = await keysOf(applicants, bytesOf(data.seed), announcement.method);
  return {
    applicant,
    ticket: keys.get(pid)[1],
    ahead: data.order.indexOf(pid),
    others: data.order.length - 1,
    granted: new Map(data.result).get(pid) ?? "",
    waiting: data.waiting.indexOf(pid) + 1,
    cutOffs: cutOffs(applicant, data.result, applicants, announcement, keys),
    events: data.events.map(({ event }) => event).filter((event) => event.pid === pid),
  };
}

function cutOffs(applicant, result, applicants, { lanes, slots }, keys) {
  const stoodIn = new Set([applicant.lane, lanes.at(-1)]);
  const last = new Map();
  for (const [pid, slot] of result) {
    if (!stoodIn.has(applicants.get(pid).lane)) continue;
    if (!last.has(slot) || compareLists(keys.get(pid), keys.get(last.get(slot))) > 0) last.set(slot, pid);
  }
  const table = wishTable(slots);
  const wished = new Set(applicant.wishes.flatMap((wish) => known(table, wish)));
  return [...wished].map((slot) => {
    if (!last.has(slot)) return { slot, lane: "", ranking_time: "", ticket: "" };
    const [ranking_time, ticket] = keys.get(last.get(slot));
    return { slot, lane: applicants.get(last.get(slot)).lane, ranking_time, ticket };
  });
}
