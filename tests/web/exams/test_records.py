"""Keeping the record at the counter, and files of many learners or results."""

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import select

from booking.exams.models import Learner
from booking.kernel.actors import Actor, Role
from booking.kernel.db import Sessions, reading, unit_of_work
from booking.kernel.ids import PersonId
from tests import factories
from tests.web.conftest import Visitor, hidden_fields

APPLICATION = {
    "licence_class": "C2",
    "kind": "first",
    "held_class": "",
    "accepted_on": "2026-11-02",
    "permit_issued_on": "",
    "permit_valid_until": "",
}
RESULT = {"subject": "subject_2", "day": "2026-11-20", "outcome": "failed", "score": "60", "site": ""}
LEARNERS = "name,id_type,id_number,phone,licence_class,kind,accepted_on,permit_issued_on,permit_valid_until\n"


@pytest.fixture
def newcomer(sessions: Sessions) -> PersonId:
    """Somebody without a record."""
    with unit_of_work(sessions) as session:
        return factories.person(session)


def record_of(sessions: Sessions, person_id: PersonId | None) -> Learner:
    with reading(sessions) as session:
        return session.scalars(select(Learner).where(Learner.person_id == person_id)).one()


def test_a_record_is_opened(wang: Visitor, newcomer: PersonId, sessions: Sessions) -> None:
    answer = wang.submit(f"/desk/learners/{newcomer}/record/new", APPLICATION)

    assert answer.status_code == 303
    record = record_of(sessions, newcomer)
    assert (record.licence_class, record.accepted_on) == ("C2", date(2026, 11, 2))


def test_no_class_is_taken_by_itself(wang: Visitor, newcomer: PersonId) -> None:
    address = f"/desk/learners/{newcomer}/record/new"

    answer = wang.submit(address, {**APPLICATION, "licence_class": ""})

    assert '<option value="">choose</option>' in wang.get(address).text.replace(" selected", "")
    assert answer.status_code == 422
    assert "Choose the class applied for" in answer.text


def test_a_second_open_record_is_refused_in_words(wang: Visitor, mei: Actor) -> None:
    answer = wang.submit(f"/desk/learners/{mei.person_id}/record/new", APPLICATION)

    assert answer.status_code == 422
    assert "This person has an open learner&#39;s record already." in answer.text


def test_a_bad_day_is_named_and_the_input_is_kept(wang: Visitor, newcomer: PersonId) -> None:
    address = f"/desk/learners/{newcomer}/record/new"

    not_a_day = wang.submit(address, {**APPLICATION, "accepted_on": "2026-13-01"})
    too_early = wang.submit(address, {**APPLICATION, "permit_issued_on": "2026-10-01"})

    assert not_a_day.status_code == too_early.status_code == 422
    assert "This is not a day" in not_a_day.text
    assert '<option selected value="C2">' in not_a_day.text
    assert "This day does not fit the days before it" in too_early.text
    assert 'value="2026-10-01"' in too_early.text


def corrected(wang: Visitor, address: str, **changes: str) -> dict[str, str]:
    """The fields of the correction form as they are shown, with changes."""
    shown = hidden_fields(wang.get(address), address)
    record = {"licence_class": "C1", "kind": "first", "held_class": "", "accepted_on": "2026-06-01"}
    permit = {"permit_issued_on": "2026-06-10", "permit_valid_until": "2029-06-10"}
    return {**shown, **record, **permit, "reason": "录入有误", **changes}


def test_a_correction_changes_the_record(wang: Visitor, mei: Actor, sessions: Sessions) -> None:
    address = f"/desk/learners/{mei.person_id}/record"

    answer = wang.post(address, data=corrected(wang, address, licence_class="C2"))

    assert answer.status_code == 303
    assert record_of(sessions, mei.person_id).licence_class == "C2"


def test_a_correction_never_overwrites_a_colleagues(wang: Visitor, mei: Actor, sessions: Sessions) -> None:
    address = f"/desk/learners/{mei.person_id}/record"
    first = corrected(wang, address, licence_class="C2")
    second = corrected(wang, address, licence_class="B2")
    wang.post(address, data=first)

    answer = wang.post(address, data=second)

    assert answer.status_code == 409
    assert "Somebody else has just changed this" in answer.text
    assert '<option selected value="C2">' in answer.text
    assert record_of(sessions, mei.person_id).licence_class == "C2"


def test_a_correction_with_a_tampered_form_is_stale(wang: Visitor, mei: Actor) -> None:
    address = f"/desk/learners/{mei.person_id}/record"

    assert wang.post(address, data=corrected(wang, address, seen="[]")).status_code == 409


def test_a_correction_needs_a_reason(wang: Visitor, mei: Actor, sessions: Sessions) -> None:
    address = f"/desk/learners/{mei.person_id}/record"

    answer = wang.post(address, data=corrected(wang, address, licence_class="C2", reason=""))

    assert answer.status_code == 422
    assert record_of(sessions, mei.person_id).licence_class == "C1"


def test_a_closed_record_makes_room_for_a_new_one(wang: Visitor, mei: Actor, sessions: Sessions) -> None:
    address = f"/desk/learners/{mei.person_id}/record/close"
    assert wang.submit(address, {"reason": "  "}).status_code == 422

    answer = wang.submit(address, {"reason": "本人申请终止"})

    assert answer.status_code == 303
    assert record_of(sessions, mei.person_id).closed_at is not None
    assert "Open a learner's record" in wang.get(answer.location).text


def test_a_result_is_entered_once(wang: Visitor, mei: Actor, sessions: Sessions) -> None:
    address = f"/desk/learners/{mei.person_id}/result"

    first, second = wang.submit(address, RESULT), wang.submit(address, RESULT)

    assert first.status_code == 303
    assert second.status_code == 422
    assert "known already" in second.text
    assert "Not before Mon 30 Nov 2026" in wang.get(f"/desk/learners/{mei.person_id}").text


def test_a_score_that_does_not_fit_is_named_beside_it(wang: Visitor, mei: Actor) -> None:
    address = f"/desk/learners/{mei.person_id}/result"

    misfit = wang.submit(address, {**RESULT, "outcome": "passed"})
    no_number = wang.submit(address, {**RESULT, "score": "sixty"})

    assert misfit.status_code == no_number.status_code == 422
    assert "do not fit the pass mark" in misfit.text
    assert "A score is a whole number from 0 to 100" in no_number.text


def test_a_result_needs_a_record(wang: Visitor, newcomer: PersonId) -> None:
    assert wang.get(f"/desk/learners/{newcomer}/result").status_code == 404


@pytest.mark.parametrize("address", ["record/new", "record", "record/close", "result"])
def test_only_the_counter_keeps_records(visitor: Callable[..., Visitor], mei: Actor, address: str) -> None:
    assert visitor(Role.SUPERVISOR).get(f"/desk/learners/{mei.person_id}/{address}").status_code == 403
