"""Receipts: what an applicant keeps, and how it is found again in the record."""

from collections.abc import Sequence

from booking.allotment.rules.draw import Json
from booking.allotment.rules.encoding import RECEIPT, canonical, digest
from booking.allotment.rules.shape import UnfitRecordError, read_receipt
from booking.allotment.rules.tree import roots_at, row_leaf

try:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
except ImportError:  # the standard library alone checks all but the signature
    CAN_CHECK_SIGNATURES = False
else:
    CAN_CHECK_SIGNATURES = True

OK, WRONG, NOT_CHECKED = "ok", "wrong", "not checked"


def signed_part(receipt: Json) -> bytes:
    """Return what the office signs: the whole receipt without its signature."""
    return digest(RECEIPT, canonical({key: value for key, value in receipt.items() if key != "signature"}))


def receipt_found(source: str | bytes, announcement: Json, leaves: Sequence[bytes]) -> tuple[str, str]:
    """Return "ok", "wrong" or "not checked", and why: is the receipt whole, in these leaves, and signed?"""
    try:
        receipt = read_receipt(source)
    except UnfitRecordError as failure:
        return WRONG, str(failure)
    if problem := _misplaced(receipt, leaves):
        return WRONG, problem
    if not CAN_CHECK_SIGNATURES:
        return NOT_CHECKED, "the receipt is in the list; its signature needs the package cryptography"
    if not _is_signed(receipt, announcement["office_key"]):
        return WRONG, "the signature is not the office's"
    return OK, ""


def _misplaced(receipt: Json, leaves: Sequence[bytes]) -> str:
    leaf = row_leaf(receipt["row"], bytes.fromhex(receipt["nonce"]))
    seq, n = receipt["row"]["seq"], receipt["n"]
    if receipt["announcement_hash"] != leaves[0].hex():
        return "the receipt is of another round"
    if leaf.hex() != receipt["leaf"]:
        return "the receipt's row does not hash to its leaf"
    if seq >= len(leaves) or leaves[seq] != leaf:
        return f"row {seq} of the receipt is not in the record"
    if not seq < n <= len(leaves) or roots_at(leaves, [n])[n].hex() != receipt["root"]:
        return "the list that the receipt was given for is no prefix of the record"
    return ""


def _is_signed(receipt: Json, office_key: str) -> bool:
    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(office_key))
        key.verify(bytes.fromhex(receipt["signature"]), signed_part(receipt))
    except (InvalidSignature, ValueError):  # the latter: what was announced is no key at all
        return False
    return True
