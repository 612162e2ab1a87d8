/* A record that has the right shape, and what can be computed from it. Each value is computed once. */

import { EMPTY } from "./bytes.js";
import { draw, effective, outcomeHash, seedOf } from "./draw.js";
import { all } from "./hash.js";
import { readRecord } from "./shape.js";
import { Tree, announcementLeaf, rowLeaf } from "./tree.js";

export class Record {
  #found = new Map();

  /** Throws UnfitRecordError. */
  constructor(source) {
    this.data = readRecord(source);
    this.announcement = this.data.announcement;
    this.rows = this.data.rows.map(({ row }) => row);
    this.applicants = effective(this.rows);
  }

  #once(name, compute) {
    if (!this.#found.has(name)) this.#found.set(name, compute());
    return this.#found.get(name);
  }

  get tree() {
    return this.#once("tree", async () => {
      const rows = all(this.data.rows, ({ row, nonce }) => rowLeaf(row, nonce));
      return Tree.over([await announcementLeaf(this.announcement), ...(await rows)]);
    });
  }

  get seed() {
    return this.#once("seed", async () => {
      const { beacon, freeze } = this.data;
      const tree = await this.tree;
      return seedOf(tree.levels[0][0], freeze.n, (await tree.root(freeze.n)) ?? EMPTY, beacon);
    });
  }

  get outcome() {
    return this.#once("outcome", async () => draw(this.applicants, this.announcement, await this.seed));
  }

  /** The hash that binds what the rule gives, and the checkpoints of the file. */
  get binding() {
    return this.#once("binding", async () =>
      outcomeHash(await this.outcome, this.data.checkpoints, this.data.freeze),
    );
  }
}
