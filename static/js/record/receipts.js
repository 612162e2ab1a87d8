/* Receipts: what an applicant keeps, and how it is found again in the record. */

import { bytesOf, hexOf } from "./bytes.js";
import { canonical } from "./canonical.js";
import { TAG, digest, isSigned } from "./hash.js";
import { UnfitRecordError, readReceipt } from "./shape.js";
import { rowLeaf } from "./tree.js";

/** Return [state, problem]: is the receipt whole, in this tree, and signed? */
export async function receiptFound(source, announcement, tree) {
  let receipt;
  try {
    receipt = readReceipt(source);
  } catch (failure) {
    if (failure instanceof UnfitRecordError) return ["wrong", failure.message];
    throw failure;
  }
  const problem = await misplaced(receipt, tree);
  if (problem) return ["wrong", problem];
  const [key, signature] = [bytesOf(announcement.office_key), bytesOf(receipt.signature)];
  const holds = await isSigned(key, signature, await signedPart(receipt));
  if (holds === null) return ["not checked", "the receipt is in the list; this browser cannot check its signature"];
  return holds ? ["ok", ""] : ["wrong", "the signature is not the office's"];
}

/** Return what the office signs: the whole receipt without its signature. */
function signedPart(receipt) {
  const { signature, ...rest } = receipt;
  return digest(TAG.receipt, canonical(rest));
}

async function misplaced(receipt, tree) {
  const leaves = tree.levels[0].length;
  const { n, row } = receipt;
  const leaf = hexOf(await rowLeaf(row, receipt.nonce));
  if (receipt.announcement_hash !== hexOf(tree.levels[0][0])) return "the receipt is of another round";
  if (leaf !== receipt.leaf) return "the receipt's row does not hash to its leaf";
  if (row.seq >= leaves || hexOf(tree.levels[0][row.seq]) !== leaf) {
    return `row ${row.seq} of the receipt is not in the record`;
  }
  const root = row.seq < n ? await tree.root(n) : null;
  const isPrefix = root && hexOf(root) === receipt.root;
  return isPrefix ? "" : "the list that the receipt was given for is no prefix of the record";
}
