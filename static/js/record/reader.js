/* A strict reader of JSON. The browser's own forgets keys that stand twice, and the difference of 1 and 1.0. */

const SPACE = /[ \t\n\r]*/y;
const PLAIN = /[^"\\\u0000-\u001f]*/y;
const ESCAPE = /\\(?:u([0-9a-fA-F]{4})|(["\\/bfnrt]))/y;
const NUMBER = /-?(?:0|[1-9][0-9]*)(?![0-9.eE])/y;
const LONE_SURROGATE = /\p{Surrogate}/u;
const MEANT = { '"': '"', "\\": "\\", "/": "/", b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" };
const DEEPEST = 100; // a record has seven levels

export class NotJsonError extends Error {}

/** Return the value of a JSON text made of objects, lists, texts and whole numbers; throw NotJsonError. */
export function readJson(text) {
  const reader = new Reader(text);
  const value = reader.value(0);
  reader.end();
  return value;
}

class Reader {
  constructor(text) {
    this.text = text;
    this.at = 0;
  }

  fail(what) {
    throw new NotJsonError(`${what} at character ${this.at}`);
  }

  /** Take what the pattern finds right here, or return null. */
  take(pattern) {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text);
    if (found) this.at = pattern.lastIndex;
    return found;
  }

  /** Skip space, then take the sign if it stands here. */
  sees(sign) {
    this.take(SPACE);
    if (this.text[this.at] !== sign) return false;
    this.at += 1;
    return true;
  }

  value(depth) {
    if (depth > DEEPEST) this.fail("nested too deeply");
    if (this.sees("{")) return this.object(depth);
    if (this.sees("[")) return this.list(depth);
    if (this.sees('"')) return this.string();
    return this.number();
  }

  object(depth) {
    const found = Object.create(null); // so that "__proto__" is a key like any other
    if (this.sees("}")) return found;
    do {
      if (!this.sees('"')) this.fail("a key is missing");
      const key = this.string();
      if (key in found) this.fail(`the key ${key} stands twice in one object`);
      if (!this.sees(":")) this.fail("a colon is missing");
      found[key] = this.value(depth + 1);
    } while (this.sees(","));
    if (!this.sees("}")) this.fail("an object does not end");
    return found;
  }

  list(depth) {
    const found = [];
    if (this.sees("]")) return found;
    do found.push(this.value(depth + 1));
    while (this.sees(","));
    if (!this.sees("]")) this.fail("a list does not end");
    return found;
  }

  string() {
    let found = this.take(PLAIN)[0];
    while (this.text[this.at] !== '"') {
      const escape = this.take(ESCAPE);
      if (!escape) this.fail("a text does not end, or holds what it must not");
      found += escape[1] ? String.fromCharCode(Number.parseInt(escape[1], 16)) : MEANT[escape[2]];
      found += this.take(PLAIN)[0];
    }
    this.at += 1;
    if (LONE_SURROGATE.test(found)) this.fail("half a character");
    return found;
  }

  number() {
    const found = this.take(NUMBER);
    if (!found) this.fail("no object, list, text or whole number");
    const number = Number(found[0]);
    if (!Number.isSafeInteger(number)) this.fail("a number beyond 2^53");
    return number + 0; // makes 0 of -0
  }

  end() {
    this.take(SPACE);
    if (this.at < this.text.length) this.fail("something more");
  }
}
