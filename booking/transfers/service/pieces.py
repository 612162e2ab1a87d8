"""The bytes of a transfer's file, in sealed pieces: written, read in order, and gone when they have served."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import BinaryIO

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from booking.kernel.db import keyring_of, rows_changed, table_of
from booking.transfers.models import AT_WORK, Transfer, TransferPiece
from booking.transfers.rules import PIECE

STORE = insert(table_of(TransferPiece))


def cut(file: BinaryIO) -> Iterator[bytes]:
    """Yield a file in pieces, from its beginning."""
    file.seek(0)
    while piece := file.read(PIECE):
        yield piece


def store_pieces(session: Session, transfer_id: int, pieces: Iterable[bytes]) -> None:
    """Seal and store the pieces in place of whatever was stored of this transfer."""
    keyring = keyring_of(session)
    session.execute(delete(TransferPiece).where(TransferPiece.transfer_id == transfer_id))
    for number, piece in enumerate(pieces):
        sealed = keyring.seal_bytes(piece, column=_place(transfer_id, number))
        session.execute(STORE, {"transfer_id": transfer_id, "number": number, "sealed": sealed})


def pieces_of(session: Session, transfer_id: int) -> Iterator[bytes]:
    """Yield the pieces in clear, in their order."""
    keyring = keyring_of(session)
    query = select(TransferPiece.number, TransferPiece.sealed).where(TransferPiece.transfer_id == transfer_id)
    for number, sealed in session.execute(query.order_by(TransferPiece.number).execution_options(yield_per=4)):
        yield keyring.open_bytes(sealed, column=_place(transfer_id, number))


def forget_pieces(session: Session, transfer_id: int) -> None:
    """Delete the bytes of one transfer."""
    session.execute(delete(TransferPiece).where(TransferPiece.transfer_id == transfer_id))
    session.execute(update(Transfer).where(Transfer.id == transfer_id).values(keep_until=None))


def forget_outworn(session: Session, *, now: datetime) -> int:
    """Delete the bytes whose time is over, but of no transfer that is being worked on; return of how many."""
    due = select(Transfer.id).where(Transfer.keep_until <= now, Transfer.state.not_in(AT_WORK)).order_by(Transfer.id)
    ids = session.scalars(due).all()
    session.execute(delete(TransferPiece).where(TransferPiece.transfer_id.in_(ids)))
    return rows_changed(session, update(Transfer).where(Transfer.id.in_(ids)).values(keep_until=None))


def _place(transfer_id: int, number: int) -> str:
    return f"transfer_piece.sealed:{transfer_id}:{number}"
