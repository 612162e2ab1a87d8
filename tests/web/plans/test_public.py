"""The public plan: every number, the next publication, and one page for all strangers of one second."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlalchemy import event

from booking.kernel.actors import Role
from booking.kernel.clock import FixedClock
from booking.kernel.db import Sessions, unit_of_work
from booking.kernel.ids import SiteId
from tests import factories
from tests.service.plans.desk import open_desk
from tests.web.conftest import Visitor

DAY = date(2026, 12, 8)


@pytest.fixture
def site_id(sessions: Sessions) -> SiteId:
    with unit_of_work(sessions) as session:
        site_id = factories.site(session)
        factories.slot(session, site_id=site_id, released=30, capacity=40)
    return site_id


def test_places_planned_released_booked_and_free_are_public(stranger: Visitor, site_id: SiteId) -> None:
    page = stranger.get(f"/plans?site={site_id}&month=2026-12&day=2026-12-08")

    assert page.status_code == 200
    assert "Places planned" in page.text
    for number in (40, 30):
        assert f"<strong>{number}</strong>" in page.text
    assert "/exams/slots/" in page.text


def test_an_empty_plan_says_when_the_next_one_comes(stranger: Visitor) -> None:
    page = stranger.get("/plans").text

    assert "Nothing is published for this choice at the moment" in page
    assert "is published by" in page  # 24 November: the plan of 4 December, by 24 November 09:00, is too late


def test_an_approved_plan_announces_its_hour_and_nothing_more(stranger: Visitor, sessions: Sessions) -> None:
    open_desk(sessions).approved()

    page = stranger.get("/plans").text

    assert "is published on Fri 27 Nov 09:00" in page
    assert "09:30–10:30" not in page


def test_what_makes_no_sense_in_the_address_is_passed_over(stranger: Visitor, site_id: SiteId) -> None:
    for query in (
        "service=%27--&site=x",
        "month=2026-99",
        "day=yesterday&month=9999-12",
        "site=99999999999999999999",
    ):
        assert stranger.get(f"/plans?{query}").status_code == 200


def test_a_site_shows_where_it_is_and_its_next_sessions(stranger: Visitor, site_id: SiteId) -> None:
    page = stranger.get(f"/sites/{site_id}").text

    assert "测试路" in page
    assert "0759-0000000" in page
    assert "/exams/slots/" in page
    assert stranger.get("/sites/424242").status_code == 404


def test_a_stranger_gets_a_page_of_this_second_and_then_a_new_one(
    stranger: Visitor, sessions: Sessions, site_id: SiteId, clock: FixedClock
) -> None:
    first = stranger.get("/plans")
    with unit_of_work(sessions) as session:
        factories.slot(session, site_id=site_id, day=date(2026, 12, 9))
    same = stranger.get("/plans")
    clock.instant += timedelta(seconds=1)
    later = stranger.get("/plans")

    assert first.headers["Cache-Control"] == "public, max-age=1"
    assert "Cookie" in first.headers["Vary"]
    assert first.data == same.data != later.data
    assert first.headers["ETag"] != later.headers["ETag"]


def test_a_page_that_did_not_change_is_not_sent_again(stranger: Visitor, site_id: SiteId) -> None:
    etag = stranger.get("/plans").headers["ETag"]

    answer = stranger.get("/plans", headers={"If-None-Match": etag})

    assert (answer.status_code, answer.data) == (304, b"")


def test_each_language_and_each_choice_has_its_own_page(stranger: Visitor, site_id: SiteId) -> None:
    english = stranger.get("/plans").data
    stranger.set_cookie("language", "zh")

    assert stranger.get("/plans").data != english
    assert stranger.get(f"/plans?site={site_id}").data != stranger.get("/plans").data


def test_who_is_signed_in_gets_an_own_page_that_nobody_else_sees(
    stranger: Visitor, visitor: object, sessions: Sessions, site_id: SiteId
) -> None:
    assert callable(visitor)
    page = visitor(Role.COUNTER).get("/plans")

    assert page.headers["Cache-Control"] == "no-store"
    assert "Sign out" in page.text
    assert "Sign out" not in stranger.get("/plans").text


def test_the_page_is_read_in_a_fixed_number_of_statements(
    stranger: Visitor, sessions: Sessions, site_id: SiteId, clock: FixedClock
) -> None:
    counts = []
    for days in (1, 14):
        with unit_of_work(sessions) as session:
            for number in range(days):
                factories.slot(
                    session,
                    site_id=site_id,
                    day=DAY + timedelta(days=number),
                    starts=datetime(2026, 1, 1, 14, tzinfo=UTC).time(),
                )
        clock.instant += timedelta(seconds=2)
        counts.append(_statements_of(stranger, sessions, "/plans"))

    assert counts[0] == counts[1] <= 10


def _statements_of(client: Visitor, sessions: Sessions, address: str) -> int:
    seen: list[str] = []

    def note(*arguments: object) -> None:
        seen.append(str(arguments[2]))

    event.listen(sessions.engine, "before_cursor_execute", note)
    client.get(address)
    event.remove(sessions.engine, "before_cursor_execute", note)
    return len([text for text in seen if text.startswith("SELECT")])


def test_a_service_with_very_many_sessions_is_summed_up_by_site(stranger: Visitor, sessions: Sessions) -> None:
    with unit_of_work(sessions) as session:
        sites = [factories.site(session) for _ in range(2)]
        for site_id in sites:
            for minute in range(21):
                factories.slot(session, site_id=site_id, released=2, starts=time(8, minute))

    everywhere = stranger.get("/plans?service=subject_2&day=2026-12-08").text
    at_one = stranger.get(f"/plans?service=subject_2&site={sites[0]}&day=2026-12-08").text

    assert "08:00–09:00" not in everywhere
    assert f"site={sites[0]}" in everywhere
    assert "08:00–09:00" in at_one


def test_readers_share_the_places_and_not_their_names(
    visitor: Callable[..., Visitor], stranger: Visitor, site_id: SiteId
) -> None:
    first, second = visitor(Role.APPLICANT), visitor(Role.APPLICANT)

    pages = [reader.get("/plans").text for reader in (first, second, stranger)]

    names = ["Sign out" in page for page in pages]
    assert names == [True, True, False]
    assert len({page[page.index("<main") : page.index("</main>")] for page in pages}) == 1
    assert len({page[: page.index("<main")] for page in pages}) == 3
