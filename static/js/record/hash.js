/* The hashes and the signature, by the browser's own WebCrypto. Many at once: waiting for each alone is slow. */

// What a hash is taken of, so that no two kinds of thing can share one.
export const TAG = { row: 0, node: 1, announcement: 2, seed: 3, sample: 5, outcome: 7, event: 8, receipt: 9 };
const AT_ONCE = 4096;
const subtle = globalThis.crypto?.subtle;

/** Browsers give WebCrypto only to pages that came over https, or from this very machine. */
export const CAN_HASH = Boolean(subtle);

/** Return SHA-256 of the tag and of each part behind its length (8 bytes, big-endian). */
export async function digest(tag, ...parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + 8 + part.length, 1));
  const view = new DataView(whole.buffer);
  whole[0] = tag;
  let at = 1;
  for (const part of parts) {
    view.setUint32(at + 4, part.length); // no part has 4 GiB, so the upper half stays 0
    whole.set(part, at + 8);
    at += 8 + part.length;
  }
  return new Uint8Array(await subtle.digest("SHA-256", whole));
}

/** Return a function from a message to its HMAC-SHA256 under the key. */
export async function hmacUnder(key) {
  const known = await subtle.importKey("raw", key, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  return async (message) => new Uint8Array(await subtle.sign("HMAC", known, message));
}

/** Return whether the Ed25519 signature holds, or null where this browser cannot tell. */
export async function isSigned(publicKey, signature, message) {
  const known = await keyOf(publicKey);
  if (known) return subtle.verify("Ed25519", known, signature, message);
  return (await knowsEd25519()) ? false : null;
}

async function keyOf(publicKey) {
  try {
    return await subtle.importKey("raw", publicKey, "Ed25519", false, ["verify"]);
  } catch {
    return null; // the browser does not know Ed25519, or this is no key
  }
}

async function knowsEd25519() {
  const basePoint = new Uint8Array(32).fill(0x66);
  basePoint[0] = 0x58;
  return (await keyOf(basePoint)) !== null;
}

/** Return the results of `work` for all items, some thousands at a time. */
export async function all(items, work) {
  const found = [];
  for (let from = 0; from < items.length; from += AT_ONCE) {
    found.push(...(await Promise.all(items.slice(from, from + AT_ONCE).map(work))));
  }
  return found;
}
