/* The hash tree over the leaves of a round, whose prefixes the checkpoints are. */

import { bytesOf } from "./bytes.js";
import { canonical } from "./canonical.js";
import { TAG, all, digest } from "./hash.js";

/** Return leaf 0. */
export function announcementLeaf(announcement) {
  return digest(TAG.announcement, canonical(announcement));
}

/** Return the leaf of a row; the nonce (hex) kept it from being guessed while rows were secret. */
export function rowLeaf(row, nonce) {
  return digest(TAG.row, canonical(row), bytesOf(nonce));
}

/** All complete subtrees, level by level: level k holds the roots of 2^k leaves each. */
export class Tree {
  constructor(levels) {
    this.levels = levels;
  }

  static async over(leaves) {
    const levels = [leaves];
    for (let below = leaves; below.length > 1; below = levels.at(-1)) {
      const pairs = Array.from({ length: below.length >> 1 }, (_, at) => [below[2 * at], below[2 * at + 1]]);
      levels.push(await all(pairs, ([left, right]) => digest(TAG.node, left, right)));
    }
    return new Tree(levels);
  }

  get size() {
    return this.levels[0].length;
  }

  /**
   * Return the root of the first n leaves, or null where there are not so many, or n is 0.
   * A list of n > 1 leaves is split at the largest power of two below n, so each 1 in the binary
   * number n is one complete subtree, the largest on the left.
   */
  async root(n) {
    if (n < 1 || n > this.size) return null;
    let root = null;
    for (let level = 0; 2 ** level <= n; level += 1) {
      const subtrees = Math.floor(n / 2 ** level);
      if (subtrees % 2 === 0) continue;
      const subtree = this.levels[level][subtrees - 1];
      root = root ? await digest(TAG.node, subtree, root) : subtree;
    }
    return root;
  }
}
