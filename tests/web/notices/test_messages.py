"""Pages of messages: the inbox, one message, and how sending stands."""

import re
from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import insert, select, update

from booking.kernel.actors import Actor, Role
from booking.kernel.clock import FixedClock
from booking.kernel.db import Sessions, keyring_of, reading, unit_of_work
from booking.kernel.ids import PersonId
from booking.notices.models import Channel, Notice
from tests import factories
from tests.web.conftest import Visitor

SignIn = Callable[..., Visitor]
COUNTED = re.compile(r'href="/my/messages"[^>]*>Messages \((\d+)\)<span class="away"> unread</span></a>')


def learner_told(sessions: Sessions, clock: FixedClock, count: int = 1) -> tuple[Actor, list[int]]:
    """Add a learner with messages in the inbox and as text messages; return the ids of those in the inbox."""
    with unit_of_work(sessions) as session:
        actor = factories.account(session, Role.APPLICANT)
        seal = keyring_of(session).seal
        rows = [
            {
                "event": f"test {number}",
                "channel": channel,
                "person_id": actor.person_id,
                "template": "booking_confirmed",
                "title": f"Message {number}",
                "address_sealed": seal("19900000001", column="notice.address") if channel is Channel.SMS else None,
                "text_sealed": seal(f"First line {number}\nSecond <line>", column="notice.text"),
                "created_at": clock.now() + timedelta(minutes=number),
                "due_at": clock.now(),
                "tries": 0,
                "failure": "",
                "sent_at": clock.now() if channel is Channel.INBOX else None,
            }
            for number in range(count)
            for channel in (Channel.INBOX, Channel.SMS)
        ]
        session.execute(insert(Notice), rows)
        query = select(Notice.id).where(Notice.channel == Channel.INBOX, Notice.person_id == actor.person_id)
        ids = list(session.scalars(query.order_by(Notice.id)))
    return actor, ids


def test_an_inbox_shows_ones_messages_newest_first(visitor: SignIn, sessions: Sessions, clock: FixedClock) -> None:
    actor, _ = learner_told(sessions, clock, 2)

    page = visitor(actor=actor).get("/my/messages").get_data(as_text=True)

    assert page.index("Message 1") < page.index("Message 0")
    assert "2 not read yet" in page


def test_an_empty_inbox_says_what_will_come(visitor: SignIn) -> None:
    page = visitor(Role.APPLICANT).get("/my/messages")

    assert "No messages yet" in page.get_data(as_text=True)


def test_opening_a_message_shows_it_and_marks_it_as_read(
    visitor: SignIn, sessions: Sessions, clock: FixedClock
) -> None:
    actor, [notice_id] = learner_told(sessions, clock)
    learner = visitor(actor=actor)

    page = learner.get(f"/my/messages/{notice_id}").get_data(as_text=True)

    assert "First line 0" in page
    assert "Second &lt;line&gt;" in page
    assert "on its way" in page
    assert "19900000001" not in page
    assert "not read yet" not in learner.get("/my/messages").get_data(as_text=True)


def test_a_message_keeps_the_hour_at_which_it_was_first_opened(
    visitor: SignIn, sessions: Sessions, clock: FixedClock
) -> None:
    actor, [notice_id] = learner_told(sessions, clock)
    learner = visitor(actor=actor)
    learner.get(f"/my/messages/{notice_id}")
    opened = clock.now()

    clock.instant += timedelta(hours=1)
    learner.get(f"/my/messages/{notice_id}")

    with reading(sessions) as session:
        assert session.get_one(Notice, notice_id).read_at == opened


def test_all_messages_are_marked_as_read_at_once(visitor: SignIn, sessions: Sessions, clock: FixedClock) -> None:
    actor, _ = learner_told(sessions, clock, 3)
    _, [theirs] = learner_told_others(sessions, clock)
    learner = visitor(actor=actor)

    answer = learner.submit("/my/messages/read", on="/my/messages")

    assert answer.status_code == 303
    assert "not read yet" not in learner.get("/my/messages").get_data(as_text=True)
    with reading(sessions) as session:
        assert session.get_one(Notice, theirs).read_at is None


def learner_told_others(sessions: Sessions, clock: FixedClock) -> tuple[Actor, list[int]]:
    """Add another learner with one message, under an event of its own."""
    with unit_of_work(sessions) as session:
        actor = factories.account(session, Role.APPLICANT)
        row = Notice(
            event="another", channel=Channel.INBOX, person_id=actor.person_id, template="x", title="Not yours",
            text_sealed=keyring_of(session).seal("secret", column="notice.text"), created_at=clock.now(),
            due_at=clock.now(), sent_at=clock.now(),
        )  # fmt: skip
        session.add(row)
        session.flush()  # the id is asked for
        return actor, [row.id]


def test_somebody_elses_message_is_not_found(visitor: SignIn, sessions: Sessions, clock: FixedClock) -> None:
    _, [theirs] = learner_told_others(sessions, clock)

    answer = visitor(Role.APPLICANT).get(f"/my/messages/{theirs}")

    assert answer.status_code == 404
    assert "secret" not in answer.get_data(as_text=True)
    with reading(sessions) as session:
        assert session.get_one(Notice, theirs).read_at is None


def test_the_copy_sent_by_text_message_is_no_page_of_its_own(
    visitor: SignIn, sessions: Sessions, clock: FixedClock
) -> None:
    actor, [notice_id] = learner_told(sessions, clock)

    assert visitor(actor=actor).get(f"/my/messages/{notice_id + 1}").status_code == 404


def test_a_long_inbox_comes_in_pages(visitor: SignIn, sessions: Sessions, clock: FixedClock) -> None:
    actor, ids = learner_told(sessions, clock, 25)
    learner = visitor(actor=actor)

    first = learner.get("/my/messages").get_data(as_text=True)
    second = learner.get(f"/my/messages?before={ids[5]}").get_data(as_text=True)

    assert f"before={ids[5]}" in first
    assert [f"Message {number}<" in second for number in range(25)] == [number < 5 for number in range(25)]
    assert 'rel="next"' not in second


def test_a_stranger_is_sent_to_the_sign_in_page(stranger: Visitor) -> None:
    answer = stranger.get("/my/messages")

    assert answer.status_code == 302
    assert "/sign-in" in answer.headers["Location"]


def test_supervisors_see_how_sending_stands_without_text_or_address(
    visitor: SignIn, sessions: Sessions, clock: FixedClock
) -> None:
    _, [notice_id] = learner_told(sessions, clock)
    with unit_of_work(sessions) as session:
        stuck = session.get_one(Notice, notice_id + 1)
        stuck.tries, stuck.failure = 3, "TimeoutError"

    page = visitor(Role.SUPERVISOR).get("/supervision/messages").get_data(as_text=True)

    assert "TimeoutError" in page
    assert "First line" not in page
    assert "19900000001" not in page


def test_applicants_do_not_see_how_sending_stands(visitor: SignIn) -> None:
    assert visitor(Role.APPLICANT).get("/supervision/messages").status_code == 403


def test_a_message_that_names_a_page_of_ours_leads_there(
    visitor: SignIn, sessions: Sessions, clock: FixedClock
) -> None:
    actor, [plain, naming] = learner_told(sessions, clock, 2)
    with unit_of_work(sessions) as session:
        text = keyring_of(session).seal(
            "Not https://example.org/a/1 and 1/2, but /inspections/holds/7.", column="notice.text"
        )
        session.execute(update(Notice).where(Notice.id == naming).values(text_sealed=text))
    learner = visitor(actor=actor)

    page = learner.get(f"/my/messages/{naming}").text

    assert 'href="/inspections/holds/7"' in page
    assert "Go on with it" in page
    assert "Go on with it" not in learner.get(f"/my/messages/{plain}").text


def test_every_page_that_an_applicant_opens_says_how_many_messages_are_unread(
    visitor: SignIn, sessions: Sessions, clock: FixedClock
) -> None:
    actor, [first, _second] = learner_told(sessions, clock, 2)
    client = visitor(actor=actor)

    before = COUNTED.findall(client.get("/").text)
    opened = COUNTED.findall(client.get(f"/my/messages/{first}").text)
    client.submit("/my/messages/read", on="/my/messages")
    after = client.get("/").text

    assert (before, opened) == (["2"], ["1"])
    assert ("unread" in after, "Messages" in after) == (False, True)


def test_answers_to_forms_and_pages_of_errors_count_no_messages(
    visitor: SignIn, sessions: Sessions, clock: FixedClock
) -> None:
    actor, _ = learner_told(sessions, clock)
    client = visitor(actor=actor)

    wrong = client.submit("/my/data/phone", {"phone": "1"})
    missing = client.get("/nowhere")

    assert (wrong.status_code, missing.status_code) == (422, 404)
    assert [COUNTED.findall(page.text) for page in (wrong, missing)] == [[], []]


def test_messages_of_staff_are_not_counted_in_the_frame(
    visitor: SignIn, sessions: Sessions, clock: FixedClock
) -> None:
    actor, _ = learner_told(sessions, clock)
    with unit_of_work(sessions) as session:
        at_work = factories.account(session, Role.ADMINISTRATOR, person_id=PersonId(actor.person_id or 0))

    page = visitor(actor=at_work).get("/").text

    assert 'href="/my/messages"' in page
    assert COUNTED.findall(page) == []
