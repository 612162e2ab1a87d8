/* Whether a file is a record at all: exact keys, exact types, exact spellings. What is not bound is refused here. */

import { NotJsonError, readJson } from "./reader.js";

export class UnfitRecordError extends Error {}

const INSTANT = /^\d{4}-\d\d-\d\dT([01]\d|2[0-3]):[0-5]\d:[0-5]\dZ$/;
const DAY = /^\d{4}-\d\d-\d\d$/;
const NAMELIKE = /^[^ \t\n\r\f\v]+$/;
const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

const matching = (pattern) => (value) => typeof value === "string" && pattern.test(value);
const oneOf = (...words) => (value) => words.includes(value);
const anything = () => true;
const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
// The reader has refused halves of surrogate pairs already.
const text = (value) => typeof value === "string" && value.normalize("NFC") === value;
const count = (value) => typeof value === "number" && value >= 0;
const named = (value) => text(value) && NAMELIKE.test(value);
const quota = (value) => isObject(value) && Object.keys(value).every(named) && Object.values(value).every(count);
const day = (value) => typeof value === "string" && DAY.test(value) && isInCalendar(value);
const instant = (value) => typeof value === "string" && INSTANT.test(value) && isInCalendar(value);
const minute = (value) => instant(value) && value.endsWith(":00Z");
const pair = (value) => Array.isArray(value) && value.length === 2 && PID(value[0]) && named(value[1]);
const instantOrNone = (value) => value === "" || instant(value);

function isInCalendar(value) {
  const [year, month, date] = [value.slice(0, 4), value.slice(5, 7), value.slice(8, 10)].map(Number);
  const isLeap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const last = month === 2 && isLeap ? 29 : (DAYS[month - 1] ?? 0);
  return year >= 1 && date >= 1 && date <= last;
}

const HASH = matching(/^[0-9a-f]{64}$/);
const PID = matching(/^[0-9a-f]{32}$/);
const SIGNATURE = matching(/^[0-9a-f]{128}$/);

// A shape is a check, {key: shape} for exactly these keys, or [shape] for a list.
const SLOT = { id: named, site: named, starts_at: instant, quota, reserve: count };
const ANNOUNCEMENT = {
  format: oneOf("booking-round/1"), round: named, attempt: count, line: named, service: named, date: day,
  method: oneOf("ranked", "lottery"), opens_at: instant, closes_at: instant, objections_until: instant,
  beacon_not_before: instant, beacon: [named], lanes: [named], slots: [SLOT], rule: named, sample: count,
  key_commitment: HASH, office_key: HASH,
};
const ROW = {
  seq: count, kind: oneOf("apply", "replace", "withdraw", "refused", "correct"), pid: PID, lane: named,
  ranking_time: instantOrNone, losses: count, wishes: [named], minute, reason: text,
};
const CORRECTION = { ...ROW, by: [named] };
const CHECKPOINT = { n: count, root: HASH, at: instant };
const EVENT = {
  n: count, kind: oneOf("cancelled", "cancelled_by_office", "granted", "manual", "absent"), pid: PID, slot: named,
  at: instant, reason: text,
};
const RECORD = {
  format: oneOf("booking-round-record/1"), announcement: ANNOUNCEMENT, announcement_hash: HASH,
  checkpoints: [CHECKPOINT], rows: [{ row: anything, nonce: PID }], freeze: CHECKPOINT,
  beacon: [{ source: named, value: text }], seed: HASH, order: [PID], result: [pair], waiting: [PID],
  sample: [PID], outcome_hash: HASH, events: [{ event: EVENT, hash: HASH }],
};
const RECEIPT = {
  announcement_hash: HASH, row: anything, nonce: PID, leaf: HASH, n: count, root: HASH, signature: SIGNATURE,
};

/** Return the record of a text or of bytes; throw UnfitRecordError with the first place that is not as it must be. */
export function readRecord(source) {
  const record = parsed(source);
  require(record, RECORD, "record");
  record.rows.forEach(({ row }, at) => require(row, rowShape(row), `row ${at + 1}`));
  return record;
}

/** Return the receipt of a text, or of its bytes; throw UnfitRecordError. */
export function readReceipt(source) {
  const receipt = parsed(source);
  require(receipt, RECEIPT, "receipt");
  require(receipt.row, rowShape(receipt.row), "row of the receipt");
  return receipt;
}

/** Only a correction names the two who made it. */
function rowShape(row) {
  return isObject(row) && row.kind === "correct" ? CORRECTION : ROW;
}

function parsed(source) {
  try {
    return readJson(typeof source === "string" ? source : decoded(source));
  } catch (failure) {
    if (failure instanceof NotJsonError) throw new UnfitRecordError(`the file is not fit JSON: ${failure.message}`);
    throw failure;
  }
}

function decoded(bytes) {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new NotJsonError("the bytes are not UTF-8");
  }
}

function require(value, shape, place) {
  if (Array.isArray(shape)) requireList(value, shape[0], place);
  else if (isObject(shape)) requireObject(value, shape, place);
  else if (!shape(value)) throw new UnfitRecordError(`${place} is not as the format says`);
}

function requireList(value, shape, place) {
  if (!Array.isArray(value)) throw new UnfitRecordError(`${place} is not a list`);
  value.forEach((item, at) => require(item, shape, `${place}[${at}]`));
}

function requireObject(value, shape, place) {
  if (!isObject(value)) throw new UnfitRecordError(`${place} is not an object`);
  const unknown = Object.keys(value).find((key) => !Object.hasOwn(shape, key));
  if (unknown !== undefined) throw new UnfitRecordError(`${place}: the key ${unknown} is unknown`);
  for (const [key, part] of Object.entries(shape)) {
    if (!(key in value)) throw new UnfitRecordError(`${place}: the key ${key} is missing`);
    require(value[key], part, `${place}.${key}`);
  }
}
