"""Working on transfers: each is claimed, done in one transaction, and reported; a dead worker's is done again.

A dry run is the real run undone: the same verb stores the whole file, and the transaction is rolled back.
"""

import hashlib
import time
from collections.abc import Mapping
from contextlib import nullcontext
from datetime import datetime, timedelta
from tempfile import TemporaryFile

from booking.kernel.db import Sessions, reading, unit_of_work
from booking.kernel.errors import BookingError
from booking.kernel.ids import TransferId
from booking.transfers.jobs.aside import aside
from booking.transfers.jobs.beat import Beat, alive
from booking.transfers.models import Direction
from booking.transfers.queries import is_anything_due
from booking.transfers.rules import fingerprint, is_small
from booking.transfers.service import working
from booking.transfers.service.making import write_file
from booking.transfers.service.pieces import cut, forget_outworn, pieces_of, store_pieces
from booking.transfers.service.storing import faults, store
from booking.transfers.service.working import ClaimLostError, Work


class OnlyTriedError(Exception):
    """Ends the transaction of a dry run, and carries out of it what the real run would do."""

    def __init__(self, counts: Mapping[str, int]) -> None:
        super().__init__()
        self.counts = counts


class SpoiledFileError(Exception):
    """What is stored is not what was sent."""


def run_transfers(sessions: Sessions, now: datetime) -> int:
    """Work on every transfer that waits, and forget files whose time is over; return how many were worked on."""
    with reading(sessions) as session:
        if not is_anything_due(session, now=now):
            return 0
    with unit_of_work(sessions) as session:
        working.end_unused(session, now=now)
        forget_outworn(session, now=now)
    began, present = time.monotonic(), now
    seen: set[int] = set()
    failures: list[Exception] = []
    while work := _claimed(sessions, present, seen=frozenset(seen)):
        seen.add(work.id)
        try:
            _work_on(sessions, work, present)
        except Exception as failure:  # one file that breaks its worker holds up no other
            failures.append(failure)
        present = now + timedelta(seconds=time.monotonic() - began)  # the next file is claimed when its turn comes
    if failures:
        raise failures[0]
    return len(seen)


def run_one(sessions: Sessions, transfer_id: TransferId, now: datetime) -> None:
    """Work on one transfer at once, if nobody else does: for small files, while the clerk waits."""
    if work := _claimed(sessions, now, only=transfer_id):
        _work_on(sessions, work, now)


def _claimed(
    sessions: Sessions, now: datetime, *, only: int | None = None, seen: frozenset[int] = frozenset()
) -> Work | None:
    skipped = alive(sessions, now=now) | seen
    with unit_of_work(sessions) as session:
        return working.claim_next(session, now=now, only=only, alive=skipped)


def _work_on(sessions: Sessions, work: Work, now: datetime) -> None:
    beat = Beat(sessions, work, now)
    try:
        with beat.beating():
            if work.direction is Direction.OUT:
                _make_or_say_why(sessions, work, beat)
            else:
                _bring_in(sessions, work, beat)
    except ClaimLostError:
        return  # whoever took it over reports
    except Exception:
        with unit_of_work(sessions) as session:
            working.release(session, work)
        raise


def _bring_in(sessions: Sessions, work: Work, beat: Beat) -> None:
    with reading(sessions) as session:
        source = b"".join(pieces_of(session, work.id))
    if fingerprint(source) != work.fingerprint:
        raise SpoiledFileError
    try:
        if work.is_dry_run:
            counts = _tried(sessions, work, source, beat)
            with unit_of_work(sessions) as session:
                working.note_checked(session, work, counts, now=beat.instant())
        else:
            with unit_of_work(sessions) as session:
                counts = store(session, work, source, beat.tell, now=beat.instant())
                working.note_brought_in(session, work, counts, now=beat.instant())
    except ClaimLostError:
        raise
    except BookingError as failure:
        with unit_of_work(sessions) as session:
            working.note_refused(session, work, faults(failure), total=beat.total, now=beat.instant())


def _tried(sessions: Sessions, work: Work, source: bytes, beat: Beat) -> Mapping[str, int]:
    """Store the file, undo it, and return what it would have changed."""
    try:
        with nullcontext(sessions) if is_small(source) else aside(sessions) as there, unit_of_work(there) as session:
            raise OnlyTriedError(store(session, work, source, beat.tell, now=beat.instant()))
    except OnlyTriedError as tried:
        return tried.counts


def _make_or_say_why(sessions: Sessions, work: Work, beat: Beat) -> None:
    try:
        _make(sessions, work, beat)
    except ClaimLostError:
        raise
    except BookingError as failure:
        with unit_of_work(sessions) as session:
            working.note_failed(session, work, faults(failure), now=beat.instant())


def _make(sessions: Sessions, work: Work, beat: Beat) -> None:
    with TemporaryFile() as file:
        with reading(sessions) as session:
            rows = write_file(session, work, file, beat.tell, now=beat.instant())
        size = file.seek(0, 2)
        digest = hashlib.sha256()
        for piece in cut(file):
            digest.update(piece)
        with unit_of_work(sessions) as session:
            store_pieces(session, work.id, cut(file))
            working.note_ready(
                session, work, rows=rows, size=size, fingerprint=digest.hexdigest(), now=beat.instant()
            )
