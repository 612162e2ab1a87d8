/* Bytes, their hex, and texts in the order of their code points. */

const encoder = new TextEncoder();
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

export const EMPTY = new Uint8Array(0);

/** Return the UTF-8 of a text. Callers have refused lone surrogates before. */
export function utf8(text) {
  return encoder.encode(text);
}

export function hexOf(bytes) {
  let hex = "";
  for (const byte of bytes) hex += HEX[byte];
  return hex;
}

/** Return the bytes of a hex text, whose spelling the shape has checked. */
export function bytesOf(hex) {
  const bytes = new Uint8Array(hex.length / 2);
  for (let at = 0; at < bytes.length; at += 1) bytes[at] = Number.parseInt(hex.slice(2 * at, 2 * at + 2), 16);
  return bytes;
}

/** Return a whole number as 8 bytes, big-endian. */
export function eightBytes(number) {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(number));
  return bytes;
}

/** Order two texts by code points. `<` would order by UTF-16 units, where U+1F600 comes before U+FF01. */
export function compareText(left, right) {
  const length = Math.min(left.length, right.length);
  for (let at = 0; at < length; at += 1) {
    const [here, there] = [left.charCodeAt(at), right.charCodeAt(at)];
    if (here !== there) return weight(here) - weight(there);
  }
  return left.length - right.length;
}

function weight(unit) {
  const isSurrogate = unit >= 0xd800 && unit <= 0xdfff;
  return isSurrogate ? unit + 0x10000 : unit;
}

/** Order two lists of texts by their first difference. */
export function compareLists(left, right) {
  for (let at = 0; at < left.length; at += 1) {
    const order = compareText(left[at], right[at]);
    if (order) return order;
  }
  return 0;
}
