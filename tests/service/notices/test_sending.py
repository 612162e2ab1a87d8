"""Sending what the outbox holds: at least once, claimed by one process, with patience and an end."""

import threading
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from sqlalchemy import select

from booking.accounts.queries import recipient
from booking.kernel.calendar import local_day
from booking.kernel.clock import FixedClock
from booking.kernel.db import Sessions, reading, unit_of_work
from booking.notices.jobs import BACK_OFF, REFUSALS_IN_A_ROW, send_due
from booking.notices.models import Channel, Notice
from booking.notices.senders import Senders
from booking.notices.service import tell
from tests import factories
from tests.service.notices.gateways import ADDRESS, PHONE, Death, Gateway, written


def notices(sessions: Sessions, channel: Channel = Channel.SMS) -> list[Notice]:
    with reading(sessions) as session:
        return list(session.scalars(select(Notice).where(Notice.channel == channel).order_by(Notice.id)))


def after(tries: int) -> timedelta:
    """The wait after so many earlier tries, and the moment that the try itself took."""
    return BACK_OFF[tries] + timedelta(seconds=5)


def test_a_due_message_is_sent_once_and_marked(sessions: Sessions, clock: FixedClock) -> None:
    gateway = Gateway()
    written(sessions, Channel.SMS, now=clock.now())

    counts = [send_due(sessions, gateway.senders, clock.now()) for _ in range(2)]

    [notice] = notices(sessions)
    assert counts == [1, 0]
    assert gateway.accepted == [(f"notice-{notice.id}", "【测试车管所】正文0")]
    assert notice.sent_at is not None
    assert notice.tries == 1


def test_a_message_that_is_not_yet_due_waits(sessions: Sessions, clock: FixedClock) -> None:
    gateway = Gateway()
    written(sessions, Channel.SMS, now=clock.now() + timedelta(seconds=1))

    assert send_due(sessions, gateway.senders, clock.now()) == 0
    assert gateway.asked == 0


def test_what_goes_to_the_inbox_is_not_sent(sessions: Sessions, clock: FixedClock) -> None:
    gateway = Gateway()
    with unit_of_work(sessions) as session:
        to = recipient(session, factories.person(session))
        words = dict.fromkeys(("reference", "service_zh", "service_en", "site", "site_en", "address"), "x")
        hours = dict.fromkeys(("starts_at", "ends_at", "cancel_until"), clock.now())
        facts: dict[str, object] = {**words, **hours, "day": local_day(clock.now())}
        tell(session, to, "booking_confirmed", event="a test", facts=facts, now=clock.now())

    assert send_due(sessions, gateway.senders, clock.now()) == 1
    [inbox] = notices(sessions, Channel.INBOX)
    assert inbox.tries == 0


def test_a_dead_gateway_is_tried_again_after_growing_waits_and_given_up_after_eight(
    sessions: Sessions, clock: FixedClock
) -> None:
    gateway = Gateway(fails=ConnectionRefusedError())
    written(sessions, Channel.SMS, now=clock.now())
    tried_at: list[datetime] = []

    while notices(sessions)[0].failed_at is None:
        send_due(sessions, gateway.senders, clock.now())
        if gateway.asked > len(tried_at):
            tried_at.append(clock.now())
        clock.instant = notices(sessions)[0].due_at if notices(sessions)[0].failed_at is None else clock.now()

    waits = [round((later - earlier).total_seconds() / 60) for earlier, later in pairwise(tried_at)]
    assert waits == [1, 5, 30, 120, 360, 720, 1440]
    assert gateway.asked == len(BACK_OFF) == 8
    send_due(sessions, gateway.senders, clock.now() + timedelta(days=30))
    assert gateway.asked == 8


def test_a_failure_is_noted_without_the_address_or_the_text(sessions: Sessions, clock: FixedClock) -> None:
    gateway = Gateway(fails=ValueError(f"cannot send 正文0 to {PHONE} or {ADDRESS}"))
    written(sessions, Channel.SMS, now=clock.now())

    send_due(sessions, gateway.senders, clock.now())

    assert notices(sessions)[0].failure == "ValueError"


def test_when_the_gateway_is_back_everything_goes_once(sessions: Sessions, clock: FixedClock) -> None:
    gateway = Gateway(fails=TimeoutError())
    written(sessions, Channel.SMS, 20, now=clock.now())
    send_due(sessions, gateway.senders, clock.now())

    gateway.fails = None
    clock.instant += after(0)
    send_due(sessions, gateway.senders, clock.now())
    send_due(sessions, gateway.senders, clock.now() + after(1))

    assert len(gateway.accepted) == len(set(gateway.accepted)) == 20
    assert all(notice.sent_at and not notice.failure for notice in notices(sessions))


def test_a_dead_gateway_is_left_alone_after_three_refusals_and_the_other_channel_goes(
    sessions: Sessions, clock: FixedClock
) -> None:
    dead, alive = Gateway(fails=OSError()), Gateway()
    written(sessions, Channel.SMS, 10, now=clock.now())
    written(sessions, Channel.MAIL, 10, now=clock.now())

    sent = send_due(sessions, Senders(sms=dead, mail=alive), clock.now())

    assert sent == 10
    assert dead.asked == REFUSALS_IN_A_ROW
    assert Counter(notice.tries for notice in notices(sessions)) == {0: 7, 1: 3}


def test_a_process_that_dies_between_claim_and_sending_sends_after_the_restart(
    sessions: Sessions, clock: FixedClock
) -> None:
    gateway = Gateway(fails=Death())
    written(sessions, Channel.SMS, now=clock.now())
    with pytest.raises(Death):
        send_due(sessions, gateway.senders, clock.now())
    assert notices(sessions)[0].sent_at is None

    gateway.fails = None
    too_early = send_due(sessions, gateway.senders, clock.now() + timedelta(seconds=30))
    clock.instant += after(0)
    sent = send_due(sessions, gateway.senders, clock.now())

    assert (too_early, sent) == (0, 1)
    assert len(gateway.accepted) == 1


def test_a_process_that_dies_after_sending_repeats_the_message_under_the_same_key(
    sessions: Sessions, clock: FixedClock
) -> None:
    gateway = Gateway(fails=Death(), after_accepting=True)
    written(sessions, Channel.SMS, now=clock.now())
    with pytest.raises(Death):
        send_due(sessions, gateway.senders, clock.now())

    gateway.fails = None
    send_due(sessions, gateway.senders, clock.now() + after(0))

    assert len(gateway.accepted) == 2
    assert len(set(gateway.accepted)) == 1


def test_a_message_whose_last_try_nobody_survived_is_given_up(sessions: Sessions, clock: FixedClock) -> None:
    gateway = Gateway(fails=Death())
    written(sessions, Channel.SMS, now=clock.now())
    for tries in range(len(BACK_OFF)):
        with pytest.raises(Death):
            send_due(sessions, gateway.senders, clock.now())
        clock.instant += after(tries)

    assert send_due(sessions, gateway.senders, clock.now()) == 0
    [notice] = notices(sessions)
    assert notice.failed_at is not None
    assert gateway.asked == 8


def test_a_slow_gateway_holds_no_lock_while_bookings_are_made(sessions: Sessions, clock: FixedClock) -> None:
    asked, may_answer = threading.Event(), threading.Event()

    class Slow(Gateway):
        def send_sms(self, phone: str, text: str, *, key: str) -> None:
            asked.set()
            assert may_answer.wait(10)
            super().send_sms(phone, text, key=key)

    gateway = Slow()
    written(sessions, Channel.SMS, now=clock.now())
    sending = threading.Thread(target=send_due, args=(sessions, gateway.senders, clock.now()))
    sending.start()
    assert asked.wait(10)

    with unit_of_work(sessions) as session:  # on SQLite this waits for nobody, or fails
        factories.booking(session, factories.account(session), factories.slot(session), at=clock.now())
    written(sessions, Channel.MAIL, now=clock.now())
    may_answer.set()
    sending.join()

    assert len(gateway.accepted) == 1


def test_four_that_send_at_once_send_each_message_once(sessions: Sessions, clock: FixedClock) -> None:
    gateway = Gateway()
    written(sessions, Channel.SMS, 40, now=clock.now())
    start = threading.Barrier(4)

    def send() -> None:
        start.wait()
        send_due(sessions, gateway.senders, clock.now())

    together(send, 4)

    assert len(gateway.accepted) == len({key for key, _ in gateway.accepted}) == 40


def test_two_that_look_first_and_send_then_send_twice(sessions: Sessions, clock: FixedClock) -> None:
    """The control: without the claim, both who looked send."""
    gateway = Gateway()
    written(sessions, Channel.SMS, now=clock.now())
    both_have_looked = threading.Barrier(2)

    def send_without_claim() -> None:
        with reading(sessions) as session:
            due = session.scalars(select(Notice.id).where(Notice.sent_at.is_(None))).all()
        both_have_looked.wait()
        for notice_id in due:
            gateway.send_sms(PHONE, "", key=f"notice-{notice_id}")

    together(send_without_claim, 2)

    assert len(gateway.accepted) == 2


def together(work: Callable[[], None], count: int) -> None:
    """Run the same work in several threads and wait for all."""
    threads = [threading.Thread(target=work) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
