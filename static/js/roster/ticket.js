/* The signed text on a ticket, read as docs/tickets.md gives it, by the browser's own WebCrypto. */

import { bytesOf, utf8 } from "../record/bytes.js";
import { CAN_HASH, isSigned } from "../record/hash.js";

const SHAPE =
  /^(T1\.([A-Z2-7]{4})\.([2-9A-HJKMNP-Z]{10})\.[A-Z0-9-]{1,20}\.([A-Z0-9-]{1,40})\.([A-Z0-9-]{2,20})\.(\d{8}T\d{4}Z)\.([A-Z0-9-]{4})\.(?:0|[1-9]\d{0,4}))\.([A-Z2-7]{103})$/;
const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** Return a text as scanners mean it: without blanks, in capitals, full-width signs forgiven. */
export function plain(text) {
  return text.normalize("NFKC").replaceAll("。", ".").replace(/\s/g, "").toUpperCase();
}

/**
 * Return what a ticket says: {reference, service, site, startsAt, tail, isGenuine}, or null if the text is no ticket.
 * `keys` are the office's public keys in hex by their id. isGenuine is null where this browser cannot tell.
 */
export async function readTicket(text, keys) {
  const found = SHAPE.exec(plain(text));
  if (!found) return null;
  const [, signed, keyId, reference, service, site, startsAt, tail, signature] = found;
  return { reference, service, site, startsAt, tail, isGenuine: await holds(keys.get(keyId), signature, signed) };
}

async function holds(key, signature, signed) {
  const bytes = base32(signature);
  if (!key || !bytes) return false;
  return CAN_HASH ? isSigned(bytesOf(key), bytes, utf8(signed)) : null;
}

/** Return the bytes of a base32 text, or null if bits are left over that are not 0: each ticket has one spelling. */
function base32(text) {
  const bytes = [];
  let [bits, count] = [0, 0];
  for (const sign of text) {
    bits = (bits << 5) | BASE32.indexOf(sign);
    count += 5;
    if (count >= 8) {
      count -= 8;
      bytes.push((bits >> count) & 0xff);
      bits &= (1 << count) - 1;
    }
  }
  return bits ? null : new Uint8Array(bytes);
}
