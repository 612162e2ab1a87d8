"""Many people at once are read as each of them is."""

from sqlalchemy import event

from booking.accounts.models import Person
from booking.accounts.queries import identities, recipient, recipients
from booking.kernel.db import Sessions, keyring_of, reading, unit_of_work
from booking.kernel.identifiers import IdType
from booking.kernel.ids import PersonId
from booking.kernel.secrets import Keyring
from tests import factories


def crowd(sessions: Sessions) -> list[PersonId]:
    """Add three people: one plain, one with mail, one who reads English and is a foreigner."""
    with unit_of_work(sessions) as session:
        keyring = keyring_of(session)
        found = [factories.person(session) for _ in range(3)]
        session.get_one(Person, found[1]).email_sealed = keyring.seal("ceshi@example.invalid", column="person.email")
        foreigner = session.get_one(Person, found[2])
        foreigner.language, foreigner.id_type = "en", IdType.FOREIGN
        foreigner.id_number_sealed = keyring.seal("TEST00001", column="person.id_number")
    return found


def test_the_addresses_of_many_are_the_addresses_of_each(sessions: Sessions) -> None:
    people = crowd(sessions)

    with reading(sessions) as session:
        assert recipients(session, people) == {person_id: recipient(session, person_id) for person_id in people}
        assert list(recipients(session, people[:1])) == people[:1]


def test_the_documents_of_many_are_the_documents_of_each(sessions: Sessions, keyring: Keyring) -> None:
    people = crowd(sessions)

    with reading(sessions) as session:
        rows = {person_id: session.get_one(Person, person_id) for person_id in people}
        found = identities(session, people)

    assert found == {
        person_id: (row.id_type, keyring.open(row.id_number_sealed, column="person.id_number"))
        for person_id, row in rows.items()
    }
    assert found[people[2]] == (IdType.FOREIGN, "TEST00001")


def test_who_is_unknown_is_left_out_and_nobody_is_no_statement(sessions: Sessions) -> None:
    (person_id, *_) = crowd(sessions)
    statements = list[str]()

    with reading(sessions) as session:
        assert list(recipients(session, [person_id, PersonId(404)])) == [person_id]
        assert list(identities(session, [PersonId(404)])) == []
        event.listen(sessions.engine, "before_cursor_execute", lambda *given: statements.append(str(given[2])))
        assert (recipients(session, []), identities(session, iter(()))) == ({}, {})

    assert statements == []


def test_more_than_one_statement_can_hold_are_read_in_several(sessions: Sessions) -> None:
    with unit_of_work(sessions) as session:
        people = [factories.person(session) for _ in range(501)]
    statements = list[str]()
    event.listen(sessions.engine, "before_cursor_execute", lambda *given: statements.append(str(given[2])))

    with reading(sessions) as session:
        assert list(recipients(session, people)) == people
        assert set(identities(session, people)) == set(people)

    assert len(statements) == 4
