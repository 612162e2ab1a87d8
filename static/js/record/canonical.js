/* The one JSON text of a value: sorted keys, no spaces, no escapes but those that JSON must have. */

import { compareText, utf8 } from "./bytes.js";

/** Return the canonical text of a value made of objects, lists, texts and whole numbers. */
export function canonicalText(value) {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "number") return String(value);
  if (Array.isArray(value)) return `[${value.map(canonicalText).join(",")}]`;
  const members = Object.keys(value).sort(compareText);
  return `{${members.map((key) => `${JSON.stringify(key)}:${canonicalText(value[key])}`).join(",")}}`;
}

/** Return the canonical bytes. */
export function canonical(value) {
  return utf8(canonicalText(value));
}
