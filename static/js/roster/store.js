/*
 * Check-ins that this device has made, kept until the server has answered for each of them and the page has been
 * loaded anew since. An entry holds a reference (or a ticket) and the last four of a document, never a whole number:
 * {key, slot, reference, text, tail, at, state: "waiting" | "sent" | "refused", mayHaveArrived,
 * sentAt, title, says}.
 */

const NAME = "roster";
const ENTRIES = "checkins";

export class Store {
  /** Open the store of this device; throw where the browser keeps nothing. */
  static async open() {
    const opening = indexedDB.open(NAME, 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore(ENTRIES, { keyPath: "key" });
    return new Store(await done(opening));
  }

  constructor(database) {
    this.database = database;
  }

  /** Return the entries of a slot, or of all, in the order in which they were made. */
  async entries(slot = null) {
    const all = await done(this.database.transaction(ENTRIES).objectStore(ENTRIES).getAll());
    const found = slot === null ? all : all.filter((entry) => entry.slot === slot);
    return found.sort((left, right) => (left.at < right.at ? -1 : 1));
  }

  /** Write an entry; it is on the disk when this returns. */
  async put(entry) {
    await this.changed((entries) => entries.put(entry));
  }

  async remove(key) {
    await this.changed((entries) => entries.delete(key));
  }

  async changed(change) {
    const work = this.database.transaction(ENTRIES, "readwrite", { durability: "strict" });
    change(work.objectStore(ENTRIES));
    await new Promise((resolve, reject) => {
      work.oncomplete = resolve;
      work.onabort = () => reject(work.error);
    });
  }
}

/** Return what a request of the database gives. */
function done(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** Return a random UUID; `crypto.randomUUID` is given to secure pages only. */
export function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
