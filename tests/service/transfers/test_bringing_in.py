"""Files that come in: tried without a trace, brought in once, all of it or nothing, by whoever sent them."""

import threading
import time
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from booking.accounts.models import Account
from booking.audit.models import AuditEntry
from booking.exams.models import Learner
from booking.kernel.actors import Role
from booking.kernel.db import Sessions, reading, unit_of_work
from booking.kernel.errors import NotAllowedError, NotFoundError
from booking.transfers.jobs import beat, running
from booking.transfers.jobs.running import run_one, run_transfers
from booking.transfers.models import Transfer, TransferPiece, TransferState
from booking.transfers.rules import KEPT_IN, LEASE, MOST_TRIES
from booking.transfers.service import working
from booking.transfers.service.asking import NotCheckedError, bring_in, give_up
from booking.transfers.service.working import ClaimLostError
from tests import factories
from tests.service.transfers.office import NOW, Office, all_rows, as_csv, as_xlsx, learner, open_office

THREE = [learner(number) for number in (1, 2, 3)]


def pieces(sessions: Sessions) -> list[bytes]:
    with reading(sessions) as session:
        return list(session.scalars(select(TransferPiece.sealed)))


def learners(sessions: Sessions) -> int:
    with reading(sessions) as session:
        return session.scalars(select(func.count()).select_from(Learner)).one()


@pytest.mark.parametrize("written", [as_csv, as_xlsx])
def test_a_dry_run_says_what_would_be_stored_and_stores_nothing(sessions: Sessions, written: type) -> None:
    office = open_office(sessions)
    before = all_rows(sessions)

    tried = office.tried(written(THREE))

    assert (tried.state, tried.counts) == (TransferState.CHECKED, {"rows": 3, "people": 3, "records": 3})
    assert all_rows(sessions) == before


def test_what_was_tried_cleanly_is_brought_in_once(sessions: Sessions) -> None:
    office = open_office(sessions)

    done = office.brought_in(as_xlsx(THREE))
    with pytest.raises(NotCheckedError):
        office.accept(done)
    run_transfers(sessions, NOW)

    assert (done.state, done.counts["records"], done.done) == (TransferState.DONE, 3, 3)
    assert learners(sessions) == 3
    assert pieces(sessions) == []
    with reading(sessions) as session:
        acts = session.scalars(select(AuditEntry.act).where(AuditEntry.object_kind == "transfer")).all()
    assert acts == ["file taken in", "file to be brought in", "file brought in"]


def test_a_wrong_line_refuses_the_whole_file_and_shows_no_number(sessions: Sessions) -> None:
    office = open_office(sessions)
    before = all_rows(sessions)
    wrong = (*learner(4)[:2], "440883199001011234", *learner(4)[3:6], "2026-02-30", None, None)

    tried = office.tried(as_xlsx([*THREE, wrong]))

    assert tried.state is TransferState.REFUSED
    assert [(error.line, error.column, error.value) for error in tried.errors] == [(5, "accepted_on", "2026-02-30")]
    assert all_rows(sessions) == before
    assert pieces(sessions) == []


def test_what_changed_since_the_dry_run_refuses_the_file_after_all(sessions: Sessions) -> None:
    office = open_office(sessions)
    first, second = office.tried(as_csv(THREE)), office.tried(as_csv(THREE[:1]))
    office.accept(second)
    run_transfers(sessions, NOW)

    office.accept(first)
    run_transfers(sessions, NOW)

    assert office.shown(first.id).state is TransferState.REFUSED
    assert office.shown(first.id).errors[0].problem == "this person has an open record already"
    assert learners(sessions) == 1


def test_only_who_sent_a_file_and_saw_this_very_one_brings_it_in(sessions: Sessions) -> None:
    office, other = open_office(sessions), open_office(sessions)
    tried = office.tried(as_csv(THREE))

    with pytest.raises(NotFoundError):
        other.accept(tried)
    with pytest.raises(NotCheckedError), unit_of_work(sessions) as session:
        bring_in(session, tried.id, seen="0" * 64, actor=office.actor, now=NOW)
    with pytest.raises(NotCheckedError), unit_of_work(sessions) as session:
        bring_in(session, tried.id, seen=tried.fingerprint, actor=office.actor, now=NOW + 2 * KEPT_IN)

    assert learners(sessions) == 0


def test_a_role_that_keeps_no_learners_sends_none_and_a_closed_account_stores_none(sqlite: Sessions) -> None:
    with pytest.raises(NotAllowedError):
        open_office(sqlite, Role.PLANNER).sent(as_csv(THREE))
    office = open_office(sqlite)
    transfer_id = office.sent(as_csv(THREE))
    with unit_of_work(sqlite) as session:
        session.execute(update(Account).where(Account.id == office.actor.account_id).values(disabled_at=NOW))

    run_transfers(sqlite, NOW)

    assert office.shown(transfer_id).state is TransferState.REFUSED


def test_files_are_sealed_and_go_after_a_day(sqlite: Sessions) -> None:
    office = open_office(sqlite)
    tried = office.tried(as_csv(THREE))
    assert str(THREE[0][2]).encode() not in b"".join(pieces(sqlite))

    run_transfers(sqlite, NOW + 2 * KEPT_IN)

    assert pieces(sqlite) == []
    assert office.shown(tried.id).state is TransferState.GIVEN_UP


def test_a_file_that_is_given_up_is_gone(sqlite: Sessions) -> None:
    office = open_office(sqlite)
    tried = office.tried(as_csv(THREE))

    with unit_of_work(sqlite) as session:
        give_up(session, tried.id, actor=office.actor, now=NOW)

    assert (office.shown(tried.id).state, pieces(sqlite)) == (TransferState.GIVEN_UP, [])


def test_two_workers_at_once_store_a_file_once(sessions: Sessions) -> None:
    office = open_office(sessions)
    tried = office.tried(as_csv(THREE))
    office.accept(tried)
    together = threading.Barrier(2)

    def work() -> None:
        together.wait()
        run_one(sessions, tried.id, NOW)

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    with reading(sessions) as session:
        assert session.scalars(select(Transfer.tries)).one() == 1
    assert office.shown(tried.id).state is TransferState.DONE
    assert learners(sessions) == 3


def test_a_dead_worker_is_taken_over_and_can_store_nothing_any_more(sessions: Sessions) -> None:
    office = open_office(sessions)
    tried = office.tried(as_csv(THREE))
    office.accept(tried)
    with unit_of_work(sessions) as session:
        dead = working.claim_next(session, now=NOW)
    assert dead is not None

    run_transfers(sessions, NOW + LEASE / 2)
    assert office.shown(tried.id).state is TransferState.RUNNING
    run_transfers(sessions, NOW + LEASE)

    with pytest.raises(ClaimLostError), unit_of_work(sessions) as session:
        working.note_brought_in(session, dead, {"rows": 3}, now=NOW)
    assert office.shown(tried.id).state is TransferState.DONE
    assert learners(sessions) == 3


def test_a_worker_that_gives_signs_of_life_is_not_taken_over(sessions: Sessions) -> None:
    office = open_office(sessions)
    transfer_id = office.sent(as_csv(THREE))
    with unit_of_work(sessions) as session:
        work = working.claim_next(session, now=NOW)
    assert work is not None
    alive = beat.Beat(sessions, work, NOW + LEASE / 2)

    with alive.beating():
        alive.tell(2, 3)
        time.sleep(2 * beat.EVERY_SECONDS)  # long enough for a sign to be given
        run_transfers(sessions, NOW + LEASE)
        shown, sign = office.shown(transfer_id), beat.sign_of(sessions, transfer_id)

    assert shown.state is TransferState.CHECKING
    assert (shown.done, shown.total) == (2, 3) or (sign is not None and (sign.done, sign.total) == (2, 3))
    assert beat.sign_of(sessions, transfer_id) is None


def test_a_file_that_kills_its_workers_is_not_tried_for_ever(sqlite: Sessions) -> None:
    office = open_office(sqlite)
    transfer_id = office.sent(as_csv(THREE))
    for number in range(MOST_TRIES):
        with unit_of_work(sqlite) as session:
            assert working.claim_next(session, now=NOW + number * LEASE) is not None

    run_transfers(sqlite, NOW + MOST_TRIES * LEASE)

    assert office.shown(transfer_id).state is TransferState.FAILED


def test_a_large_file_tells_how_far_it_is(sessions: Sessions, monkeypatch: pytest.MonkeyPatch) -> None:
    office: Office = open_office(sessions)
    seen: list[tuple[int, int]] = []
    listen(monkeypatch, seen)

    tried = office.tried(as_csv([learner(number) for number in range(1, 40)]))

    assert tried.done == 39
    assert seen
    assert all(total == 39 for done, total in seen if done)


def test_a_long_dry_run_keeps_nobody_from_saving(sqlite: Sessions, monkeypatch: pytest.MonkeyPatch) -> None:
    office = open_office(sqlite)

    def stored(*given: object, **more: object) -> dict[str, int]:
        with unit_of_work(sqlite) as session:  # fails after fifteen seconds if the dry run holds the lock
            factories.person(session)
        return {"rows": 600}

    monkeypatch.setattr(running, "store", stored)

    assert office.tried(as_csv([learner(number) for number in range(1, 601)])).state is TransferState.CHECKED
    assert list(Path(str(sqlite.engine.url.database)).parent.glob(".dry-run-*")) == []


def listen(monkeypatch: pytest.MonkeyPatch, seen: list[tuple[int, int]]) -> None:
    """Give signs far more often than once a second, and note what the page would show after each."""
    plain = beat.Beat._give_sign

    def noted(self: beat.Beat) -> None:
        plain(self)
        seen.append(self._now)

    monkeypatch.setattr(beat, "EVERY_SECONDS", 0.01)
    monkeypatch.setattr(beat.Beat, "_give_sign", noted)
