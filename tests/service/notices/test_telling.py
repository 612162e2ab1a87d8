"""Writing messages: many at once are the messages of each, on the channels that reach the person."""

from collections.abc import Iterable
from dataclasses import replace

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.exc import IntegrityError

from booking.accounts.models import Person
from booking.accounts.queries import recipient
from booking.kernel.calendar import local_day
from booking.kernel.db import Sessions, keyring_of, reading, unit_of_work
from booking.kernel.secrets import Keyring
from booking.notices.models import Channel, Notice
from booking.notices.service import Recipient, Telling, tell, tell_all
from tests import factories
from tests.conftest import NOW

FACTS: dict[str, object] = {
    "plan": 7, "site": "测试考场", "site_en": "Test site", "day": local_day(NOW),
    "publish_by": NOW,
}  # fmt: skip


def people(sessions: Sessions) -> list[Recipient]:
    """Add somebody with phone only, somebody with mail who reads English, and a code for nobody known."""
    with unit_of_work(sessions) as session:
        plain, with_mail = factories.person(session), factories.person(session)
        row = session.get_one(Person, with_mail)
        row.language = "en"
        row.email_sealed = keyring_of(session).seal("ceshi@example.invalid", column="person.email")
    with reading(sessions) as session:
        known = [recipient(session, plain), recipient(session, with_mail)]
    return [*known, replace(known[0], person_id=None)]


def tellings(to: Iterable[Recipient]) -> list[Telling]:
    return [
        Telling(one, "plan_missed", f"plan {number} missed", {**FACTS, "plan": number})
        for number, one in enumerate(to)
    ]


def written(sessions: Sessions, keyring: Keyring) -> list[tuple[object, ...]]:
    """Return everything of each message but its id, opened."""
    with reading(sessions) as session:
        rows = session.scalars(select(Notice).order_by(Notice.event, Notice.channel)).all()
    return [
        (
            row.event, row.channel, row.person_id, row.template, row.title, row.created_at, row.due_at, row.sent_at,
            row.tries, row.failure,
            keyring.open(row.address_sealed, column="notice.address") if row.address_sealed else None,
            keyring.open(row.text_sealed, column="notice.text"),
        )
        for row in rows
    ]  # fmt: skip


def test_many_messages_are_the_messages_of_each(sessions: Sessions, keyring: Keyring) -> None:
    wanted = tellings(people(sessions))
    session = sessions.write()
    for one in wanted:
        tell(session, one.to, one.template, event=one.event, facts=one.facts, now=NOW)
    session.flush()
    each = session.execute(select(Notice.event, Notice.channel, Notice.person_id, Notice.title)).all()
    session.close()  # rolls back

    with unit_of_work(sessions) as session:
        tell_all(session, wanted, now=NOW)

    found = written(sessions, keyring)
    assert {(row[0], row[1], row[2], row[4]) for row in found} == set(each)
    assert [row[1] for row in found] == [
        Channel.INBOX, Channel.SMS,
        Channel.INBOX, Channel.MAIL, Channel.SMS,
        Channel.SMS,
    ]  # fmt: skip
    assert {(row[1], row[7]) for row in found} == {(Channel.INBOX, NOW), (Channel.SMS, None), (Channel.MAIL, None)}


def test_each_reads_in_the_own_language_at_the_own_address(sessions: Sessions, keyring: Keyring) -> None:
    plain, with_mail, _ = people(sessions)

    with unit_of_work(sessions) as session:
        tell_all(session, tellings([plain, with_mail]), now=NOW)

    found = {(row[0], row[1]): (row[10], row[11]) for row in written(sessions, keyring)}
    assert found["plan 0 missed", Channel.SMS][0] == plain.phone
    assert found["plan 1 missed", Channel.MAIL][0] == "ceshi@example.invalid"
    assert "测试考场" in str(found["plan 0 missed", Channel.SMS][1])
    assert "Test site" in str(found["plan 1 missed", Channel.SMS][1])


def test_only_the_channels_asked_for_are_used(sessions: Sessions, keyring: Keyring) -> None:
    with unit_of_work(sessions) as session:
        tell_all(session, tellings(people(sessions)), now=NOW, channels=[Channel.INBOX])

    assert {row[1] for row in written(sessions, keyring)} == {Channel.INBOX}


def test_many_messages_are_one_statement_and_none_is_no_statement(sessions: Sessions) -> None:
    to = people(sessions)
    statements = list[str]()
    event.listen(sessions.engine, "before_cursor_execute", lambda *given: statements.append(str(given[2])))

    for some in ([], to):
        with unit_of_work(sessions) as session:
            tell_all(session, tellings(some), now=NOW)

    assert len([statement for statement in statements if "INSERT INTO notice" in statement]) == 1


def test_an_event_told_twice_writes_nothing_of_the_whole_batch(sessions: Sessions) -> None:
    plain, with_mail, _ = people(sessions)
    with unit_of_work(sessions) as session:
        tell_all(session, tellings([plain]), now=NOW, channels=[Channel.INBOX])

    with pytest.raises(IntegrityError), unit_of_work(sessions) as session:
        tell_all(session, reversed(tellings([plain, with_mail])), now=NOW)

    with reading(sessions) as session:
        assert session.scalar(select(func.count()).select_from(Notice)) == 1
