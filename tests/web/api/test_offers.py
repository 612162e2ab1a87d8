"""What everybody may read: sites, slots, shares, the document; and addresses that are none."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlalchemy import update

from booking.kernel.clock import FixedClock
from booking.kernel.db import Sessions, unit_of_work
from booking.sites.models import Site
from booking.slots.models import Lane, Method
from tests import factories
from tests.conftest import NOW
from tests.web.api.conftest import PREFIX, Caller, problem, refusal
from tests.web.conftest import Visitor

CALLS = {
    ("post", "/tokens"), ("get", "/sites"), ("get", "/slots"), ("get", "/me/eligibility"), ("post", "/bookings"),
    ("get", "/bookings"), ("get", "/bookings/{reference}"), ("delete", "/bookings/{reference}"),
    ("get", "/bookings/{reference}.ics"),
    ("post", "/requests"), ("get", "/requests"), ("get", "/requests/{reference}"), ("put", "/requests/{reference}"),
    ("delete", "/requests/{reference}"), ("get", "/rounds"), ("get", "/rounds/{round_id}"),
    ("get", "/rounds/{round_id}/record"), ("get", "/rounds/{round_id}/leaves"),
    ("get", "/stats/shares"), ("get", "/openapi.json"),
}  # fmt: skip


def test_the_document_tells_of_every_call(nobody: Caller) -> None:
    document = nobody.get("/openapi.json").get_json()
    told = {
        (method, path.removeprefix(PREFIX)): call
        for path, calls in document["paths"].items()
        for method, call in calls.items()
        if method != "parameters"
    }

    assert document["openapi"].startswith("3.1")
    assert set(told) == CALLS
    assert all(call["summary"] for call in told.values())
    guarded = {call for call, text in told.items() if text.get("security") == [{"bearer": []}]}
    assert guarded == {call for call in CALLS if call[1].startswith(("/me", "/bookings", "/requests"))}
    assert document["components"]["securitySchemes"]["bearer"]["scheme"] == "bearer"


def test_the_document_says_that_problems_are_problem_details(nobody: Caller) -> None:
    components = nobody.get("/openapi.json").get_json()["components"]

    assert {tuple(response["content"]) for response in components["responses"].values()} == {
        ("application/problem+json",)
    }
    assert "reasons" in components["schemas"]["Problem"]["properties"]


def test_sites_come_with_what_they_offer(nobody: Caller, sessions: Sessions) -> None:
    with unit_of_work(sessions) as session:
        site_id = factories.site(session, services=("subject_2", "road"))

    (site,) = nobody.get("/sites?line=exams").get_json()["items"]

    assert site["id"] == site_id
    assert [offer["service"] for offer in site["offers"]] == ["subject_2", "road"]
    assert nobody.get("/sites?line=inspections").get_json()["items"] == []


def test_sites_speak_the_language_that_was_asked_for_and_else_chinese(nobody: Caller, sessions: Sessions) -> None:
    with unit_of_work(sessions) as session:
        factories.site(session)
        session.execute(update(Site).values(name="测试考场", name_en="Test site"))

    def name(accepted: str) -> str:
        items = nobody.get("/sites", headers={"Accept-Language": accepted}).get_json()["items"]
        return str(items[0]["name"])

    assert [name(accepted) for accepted in ("en-GB,en;q=0.8", "zh-CN", "fr", "")] == [
        "Test site", "测试考场", "测试考场", "测试考场",
    ]  # fmt: skip


def test_a_slot_comes_with_its_counts_and_instants_in_utc(nobody: Caller, sessions: Sessions) -> None:
    with unit_of_work(sessions) as session:
        site_id = factories.site(session)
        slot_id = factories.slot(session, site_id=site_id, released=3, capacity=5)
        factories.booking(session, factories.account(session), slot_id, at=NOW)

    answer = nobody.get("/slots?service=subject_2").get_json()

    assert answer == {
        "items": [
            {
                "id": slot_id,
                "site": site_id,
                "service": "subject_2",
                "starts_at": "2026-12-08T00:30:00Z",
                "ends_at": "2026-12-08T01:30:00Z",
                "capacity": 5,
                "released": 3,
                "taken": 1,
                "remaining": 2,
                "method": "first_come",
                "opens_at": "2026-11-20T01:00:00Z",
                "closes_at": "2026-12-07T16:00:00Z",
                "state": "published",
            }
        ],
        "next_cursor": None,
    }


def test_slots_are_chosen_by_line_service_site_and_local_days(nobody: Caller, sessions: Sessions) -> None:
    with unit_of_work(sessions) as session:
        here, there = factories.site(session), factories.site(session)
        first = factories.slot(session, site_id=here, day=date(2026, 12, 8), starts=time(7))
        second = factories.slot(session, site_id=there, day=date(2026, 12, 9))
        third = factories.slot(session, site_id=here, day=date(2026, 12, 10), service="road")

    def ids(query: str) -> list[int]:
        return [item["id"] for item in nobody.get(f"/slots?{query}").get_json()["items"]]

    assert ids("line=exams") == [first, second, third]
    assert ids(f"site={here}") == [first, third]
    assert ids("service=road") == [third]
    assert ids("from=2026-12-08&to=2026-12-08") == [first]
    assert ids("from=2026-12-09") == [second, third]
    assert ids("to=2026-12-09") == [first, second]


def test_a_slot_that_a_round_decides_shows_the_hours_of_requests_until_the_rest_is_first_come(
    nobody: Caller, sessions: Sessions, clock: FixedClock
) -> None:
    with unit_of_work(sessions) as session:
        factories.slot(session, method=Method.RANKED, lanes={Lane.ORDINARY: 5})

    def shown(at: datetime) -> list[str]:
        clock.instant = at
        (slot,) = nobody.get("/slots?from=2026-12-08&to=2026-12-08").get_json()["items"]
        return [slot["method"], slot["opens_at"], slot["closes_at"]]

    requests = ["ranked", "2026-11-20T01:00:00Z", "2026-12-03T09:00:00Z"]
    booking = ["first_come", "2026-12-05T04:00:00Z", "2026-12-07T16:00:00Z"]
    opens = datetime(2026, 12, 5, 4, tzinfo=UTC)
    assert [shown(at) for at in (NOW, opens - timedelta(seconds=1), opens)] == [requests, requests, booking]


@pytest.mark.parametrize("limit", [1, 2, 3])
def test_following_the_cursor_gives_every_slot_once(nobody: Caller, sessions: Sessions, limit: int) -> None:
    with unit_of_work(sessions) as session:
        sites = [factories.site(session) for _ in range(2)]
        days = (date(2026, 12, 9), date(2026, 12, 8))
        for day in days:
            for site_id in (*sites, *reversed(sites)):
                factories.slot(session, site_id=site_id, day=day)
    whole = nobody.get("/slots").get_json()["items"]
    part = nobody.get(f"/slots?limit={limit}").get_json()
    seen = part["items"]

    while part["next_cursor"] and len(seen) < len(whole):
        part = nobody.get(f"/slots?limit={limit}&cursor={part['next_cursor']}").get_json()
        assert len(part["items"]) <= limit
        seen += part["items"]

    assert (len(seen), seen) == (8, whole)


def test_following_the_cursor_gives_every_site_once(nobody: Caller, sessions: Sessions) -> None:
    with unit_of_work(sessions) as session:
        ids = [factories.site(session) for _ in range(3)]

    first = nobody.get("/sites?limit=2").get_json()
    second = nobody.get(f"/sites?limit=2&cursor={first['next_cursor']}").get_json()

    assert [site["id"] for part in (first, second) for site in part["items"]] == ids
    assert second["next_cursor"] is None


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("/slots?line=trains", "line"),
        ("/slots?service=subject_9", "service"),
        ("/slots?site=first", "site"),
        ("/slots?site=99999999999999", "site"),
        ("/slots?from=yesterday", "from"),
        ("/slots?from=9999-12-31", "from"),
        ("/slots?from=2026-12-02&to=2026-12-01", "to"),
        ("/slots?limit=0", "limit"),
        ("/slots?limit=201", "limit"),
        ("/slots?cursor=x", "cursor"),
        ("/slots?cursor=999999999", "cursor"),
        ("/sites?line=trains", "line"),
        ("/rounds?service=subject_9", "service"),
        ("/rounds?date=today", "date"),
        ("/rounds?cursor=x", "cursor"),
        ("/stats/shares?from=2026-12-02&to=2026-12-01", "to"),
        ("/stats/shares?to=2025-12-01", "to"),
    ],
)
def test_what_cannot_be_right_is_named(nobody: Caller, path: str, field: str) -> None:
    answer = nobody.get(path)

    assert refusal(answer) == (422, "invalid_input")
    assert [reason["code"] for reason in problem(answer)["reasons"]] == ["invalid_field"]
    assert field in problem(answer)["reasons"][0]["message"]


def test_shares_are_counts_and_text_with_two_decimals(nobody: Caller, sessions: Sessions) -> None:
    with unit_of_work(sessions) as session:
        factories.booking(session, factories.account(session), factories.slot(session), at=NOW)

    answer = nobody.get("/stats/shares?from=2026-12-01&to=2026-12-31").get_json()

    assert answer["total"] == {"online": 1, "total": 1, "share": "100.00"}
    assert {"service": "subject_2", "online": 1, "total": 1, "share": "100.00"} in answer["items"]
    assert {"service": "road", "online": 0, "total": 0, "share": None} in answer["items"]


def test_an_address_or_method_that_is_none_is_a_problem_too(nobody: Caller) -> None:
    assert refusal(nobody.get("/round")) == (404, "not_found")
    wrong = nobody.call("PUT", "/bookings")
    assert refusal(wrong) == (405, "method_not_allowed")
    assert {"GET", "POST"} <= {method.strip() for method in wrong.headers["Allow"].split(",")}


def test_a_page_that_is_none_stays_a_page(stranger: Visitor) -> None:
    assert stranger.get("/nowhere").mimetype == "text/html"
