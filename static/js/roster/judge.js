/* What this device can say by itself about whoever stands at the gate, from the list as it was last loaded. */

import { plain, readTicket } from "./ticket.js";

const REFERENCE = /^[2-9A-HJKMNP-Z]{10}$/;
const TAIL = 4;
const SHORTEST_DOCUMENT = 6;

/** The codes with which somebody is let in. */
export const STANDS = new Set(["admitted", "provisional"]);

/** Return the last four of a document number as lists and tickets bear them. */
export function tailOf(number) {
  return plain(number)
    .slice(-TAIL)
    .replace(/[^0-9A-Z]/g, "-")
    .padStart(TAIL, "-");
}

/**
 * Return {code, row, text, tail}: what to answer to `presented` ({text, tail}, as typed), whose row it is, and what to
 * tell the server of it, with no whole document number in it.
 *
 * `roster`: {isClosed, now, from, until, keys, service, site, startsAt, rows}; a row: {reference, tail, state}. Codes:
 * admitted, provisional (a genuine ticket for this very session that is not on this list yet), here, absent, cancelled,
 * tail_missing, tail_differs, not_listed, several, forged, other_session, too_early, too_late, closed.
 */
export async function judge(presented, roster) {
  const found = await recognised(presented, roster);
  if (roster.isClosed) return { ...found, code: "closed" };
  if (!STANDS.has(found.code)) return found;
  if (roster.now < roster.from) return { ...found, code: "too_early" };
  return roster.now < roster.until ? found : { ...found, code: "too_late" };
}

async function recognised({ text, tail }, roster) {
  const ticket = await readTicket(text, roster.keys);
  if (ticket) return ofTicket(ticket, plain(text), roster);
  const typed = plain(text);
  const row = roster.rows.get(typed);
  if (row) return ofReference(row, tail);
  if (REFERENCE.test(typed)) return { code: "not_listed", row: null };
  return ofDocument(typed, roster);
}

function ofTicket(ticket, text, roster) {
  const row = roster.rows.get(ticket.reference) ?? null;
  if (ticket.isGenuine === false) return { code: "forged", row: null };
  if (row) return { ...known(row), code: row.tail === ticket.tail ? known(row).code : "tail_differs", text };
  const isThisSession =
    ticket.site === roster.site && ticket.startsAt === roster.startsAt && ticket.service === roster.service;
  if (!isThisSession) return { code: "other_session", row: null };
  return { code: ticket.isGenuine ? "provisional" : "not_listed", row: null, text, tail: ticket.tail };
}

function ofReference(row, tail) {
  if (!tail.trim()) return { code: "tail_missing", row };
  return row.tail === tailOf(tail) ? known(row) : { code: "tail_differs", row };
}

function ofDocument(typed, roster) {
  const rows = typed.length < SHORTEST_DOCUMENT ? [] : [...roster.rows.values()];
  const alike = rows.filter((row) => row.tail === tailOf(typed));
  if (alike.length > 1) return { code: "several", row: null };
  return alike.length ? known(alike[0]) : { code: "not_listed", row: null };
}

function known(row) {
  const codes = { expected: "admitted", absent: "absent", cancelled: "cancelled" };
  return { code: codes[row.state] ?? "here", row, text: row.reference, tail: row.tail };
}
