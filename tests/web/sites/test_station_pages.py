"""Pages of stations: lanes, hours, prices and directions for the office, outages for who runs the station too."""

import re
from collections.abc import Callable
from datetime import time

import pytest
from flask import Flask

from booking.kernel.actors import Role
from booking.kernel.db import Sessions, reading, unit_of_work
from booking.kernel.ids import SiteId, TestLaneId
from booking.sites import queries
from booking.sites.queries import StationShown
from booking.sites.rules.site import Offer
from booking.sites.rules.station import Hours, LaneFacts, Price, Terms
from booking.sites.service import outages as outages_service
from booking.sites.views.outages import OUTAGES, Outages
from tests import factories
from tests.conftest import NOW
from tests.web.conftest import Visitor

LANE = {
    "name": "大车线",
    "service": "inspection_large",
    "kinds": ["SCHOOL_BUS", "TRUCK"],
    "vehicles_per_hour": "6",
    "is_active": "y",
}
WEEK = {f"day_{number}": "" for number in range(1, 8)}
TERMS = {
    "price_inspection_small": "85.50",
    "directions": "从观海路口右转",
    "directions_en": "",
    "latitude": "21.271",
    "longitude": "110.361000",
    "method": "lottery",
}
EDIT = {
    "name": "改名检验站",
    "name_en": "",
    "district": "赤坎区",
    "address": "检验路9号",
    "phone": "",
    "daily_maximum": "240",
    "services": ["inspection_small", "inspection_large"],
    "is_active": "y",
}
Visit = Callable[..., Visitor]


@pytest.fixture
def place(sessions: Sessions) -> SiteId:
    with unit_of_work(sessions) as session:
        return factories.station(session, lanes=(("inspection_small", 12),))


@pytest.fixture
def address(place: SiteId) -> str:
    return f"/desk/sites/{place}"


def station(sessions: Sessions, place: SiteId) -> StationShown:
    with reading(sessions) as session:
        return queries.station(session, place, now=NOW)


def own_site(operator: Visitor) -> SiteId:
    assert operator.actor.site_id is not None
    return operator.actor.site_id


def seen_on(page: str) -> str:
    return page.split('name="seen"')[1].split('value="')[1].split('"', maxsplit=1)[0]


@pytest.mark.parametrize("role", [Role.PLANNER, Role.APPROVER])
def test_a_lane_is_added_and_retired(
    visitor: Visit, sessions: Sessions, place: SiteId, address: str, role: Role
) -> None:
    clerk = visitor(role)

    added = clerk.submit(f"{address}/lanes/new", LANE)
    new = next(lane for lane in station(sessions, place).lanes if lane.facts.name == "大车线")
    listed = clerk.get(f"{address}/lanes").text
    retired = clerk.submit(f"{address}/lanes/{new.id}", {**LANE, "is_active": []})

    assert (added.status_code, added.headers["Location"]) == (303, f"{address}/lanes")
    assert new.facts == LaneFacts("大车线", "inspection_large", 6, "TRUCK,SCHOOL_BUS")
    assert "truck, school bus" in listed
    assert retired.status_code == 303
    assert len(station(sessions, place).used_lanes()) == 1
    assert "out of use" in clerk.get(f"{address}/lanes").text


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"name": ""}, "Enter the name"),
        ({"name": "长" * 21}, "This is too long"),
        ({"service": "subject_2"}, "Choose one of these"),
        ({"kinds": ["MOTORCYCLE"]}, "Choose kinds that this service inspects"),
        ({"vehicles_per_hour": "0"}, "Enter a whole number from 1 to 999"),
        ({"vehicles_per_hour": "many"}, "Enter a whole number"),
    ],
)
def test_a_lane_that_cannot_be_comes_back_with_what_was_entered(
    visitor: Visit, sessions: Sessions, place: SiteId, address: str, wrong: dict[str, str], message: str
) -> None:
    page = visitor(Role.PLANNER).submit(f"{address}/lanes/new", {**LANE, **wrong})

    assert page.status_code == 422
    assert message in page.text
    assert len(station(sessions, place).lanes) == 1


def test_a_name_that_is_taken_is_said_at_the_field(
    visitor: Visit, sessions: Sessions, place: SiteId, address: str
) -> None:
    (lane,) = station(sessions, place).lanes

    page = visitor(Role.PLANNER).submit(f"{address}/lanes/new", {**LANE, "name": lane.facts.name})

    assert page.status_code == 422
    assert "Another test lane of this station is called this already" in page.text


def test_a_lane_of_another_station_is_not_found(visitor: Visit, sessions: Sessions, address: str) -> None:
    with unit_of_work(sessions) as session:
        other = factories.station(session)
    (lane, _) = station(sessions, other).lanes

    assert visitor(Role.PLANNER).get(f"{address}/lanes/{lane.id}").status_code == 404


def test_a_week_of_hours_is_set(visitor: Visit, sessions: Sessions, place: SiteId, address: str) -> None:
    planner = visitor(Role.PLANNER)

    before = planner.get(f"{address}/hours").text
    answer = planner.submit(f"{address}/hours", {**WEEK, "day_6": "14:00-16:00，9：00-12：00"})

    assert 'value="08:00-12:00, 14:00-17:00"' in before
    assert (answer.status_code, answer.headers["Location"]) == (303, address)
    assert station(sessions, place).hours == (Hours(6, time(9), time(12)), Hours(6, time(14), time(16)))
    assert "09:00–12:00, 14:00–16:00" in planner.get(address).text


@pytest.mark.parametrize("text", ["morning", "12:00-08:00", "08:00-12:00, 11:00-13:00", "08:00-24:30"])
def test_hours_that_cannot_be_come_back(
    visitor: Visit, sessions: Sessions, place: SiteId, address: str, text: str
) -> None:
    page = visitor(Role.PLANNER).submit(f"{address}/hours", {**WEEK, "day_3": text})

    assert page.status_code == 422
    assert "Write spans like" in page.text
    assert f'value="{text}"' in page.text
    assert len(station(sessions, place).hours) == 10


def test_prices_and_directions_are_saved_and_shown_to_everybody(
    visitor: Visit, stranger: Visitor, sessions: Sessions, place: SiteId, address: str
) -> None:
    answer = visitor(Role.APPROVER).submit(f"{address}/terms", TERMS)
    page = stranger.get(f"/sites/{place}").text

    assert (answer.status_code, answer.headers["Location"]) == (303, address)
    assert station(sessions, place).terms == Terms(
        "从观海路口右转", "", 21_271_000, 110_361_000, "lottery", (Price("inspection_small", 8550),)
    )
    assert "¥85.50" in page
    assert "从观海路口右转" in page
    assert "about 1 km from the centre of Chikan, straight line" in page
    again = visitor(Role.PLANNER).get(f"{address}/terms").text
    assert 'value="85.50"' in again
    assert 'value="21.271000"' in again


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"price_inspection_small": "85,5"}, "Write an amount like"),
        ({"price_inspection_small": "-1"}, "Write an amount like"),
        ({"latitude": "21°16'"}, "Write degrees like"),
        ({"latitude": "110.361", "longitude": "21.271"}, "A latitude lies between"),
        ({"longitude": ""}, "Enter latitude and longitude, or neither"),
        ({"directions": "长" * 501}, "This is too long"),
        ({"method": "auction"}, "Choose one of these"),
    ],
)
def test_terms_that_cannot_be_come_back_with_what_was_entered(
    visitor: Visit, sessions: Sessions, place: SiteId, address: str, wrong: dict[str, str], message: str
) -> None:
    page = visitor(Role.PLANNER).submit(f"{address}/terms", {**TERMS, **wrong})

    assert page.status_code == 422
    assert message in page.text
    assert station(sessions, place).terms == Terms()


@pytest.mark.parametrize(
    ("page", "data"), [("hours", WEEK), ("terms", TERMS), ("lanes/{lane}", {**LANE, "service": "inspection_small"})]
)
def test_a_form_older_than_somebody_elses_change_does_not_overwrite_it(
    visitor: Visit, sessions: Sessions, place: SiteId, address: str, page: str, data: dict[str, str]
) -> None:
    (lane,) = station(sessions, place).lanes
    url = f"{address}/{page.format(lane=lane.id)}"
    old = seen_on(visitor(Role.PLANNER).get(url).text)
    other = {**data, "kinds": [], **({"day_7": "09:00-10:00"} if page == "hours" else {})}
    assert visitor(Role.APPROVER).submit(url, other).status_code == 303
    changed = station(sessions, place)

    answer = visitor(Role.PLANNER).submit(url, {**data, "kinds": [], "seen": old})

    assert answer.status_code == 409
    assert station(sessions, place) == changed


def announced(sessions: Sessions, lane_id: TestLaneId, reason_en: str = "") -> int:
    """Let the office announce an outage of a lane from now on."""
    with unit_of_work(sessions) as session:
        planner = factories.account(session, Role.PLANNER)
        return outages_service.announce_outage(
            session, lane_id, NOW, None, reason="制动台检修", reason_en=reason_en, actor=planner, now=NOW
        )


def test_an_outage_is_seen_by_everybody_and_ended_by_who_runs_the_station(
    visitor: Visit, stranger: Visitor, sessions: Sessions
) -> None:
    operator = visitor(Role.STATION)
    own = own_site(operator)
    url = f"/desk/sites/{own}/outages"
    outage_id = announced(sessions, station(sessions, own).lanes[0].id, "Brake tester under repair")

    english = stranger.get(f"/sites/{own}").text
    stranger.set_cookie("language", "zh")
    public = stranger.get(f"/sites/{own}").text
    ended = operator.submit(f"{url}/{outage_id}/end", on=url)

    assert ("Brake tester under repair" in english, "制动台检修" in english) == (True, False)
    assert ("Brake tester under repair" in public, "制动台检修" in public) == (False, True)
    assert (ended.status_code, ended.headers["Location"]) == (303, url)
    assert station(sessions, own).outages == ()
    assert operator.post(f"{url}/{outage_id}/end", data={"csrf_token": token(operator, url)}).status_code == 409


def test_the_list_of_outages_leads_to_the_pages_of_a_higher_floor(
    app: Flask, visitor: Visit, sessions: Sessions, place: SiteId, address: str
) -> None:
    outage_id = announced(sessions, station(sessions, place).lanes[0].id)
    app.extensions[OUTAGES] = Outages(
        outages_service.end_outage, lambda site: f"/new/{site}", lambda site, outage: f"/hit/{site}/{outage}"
    )

    page = visitor(Role.PLANNER).get(f"{address}/outages").text

    assert f'href="/new/{place}"' in page
    assert f'href="/hit/{place}/{outage_id}"' in page


def token(client: Visitor, url: str) -> str:
    return client.get(url).text.split('name="csrf_token"')[1].split('value="')[1].split('"')[0]


def test_an_outage_of_another_station_is_not_found_under_the_own(
    visitor: Visit, sessions: Sessions, place: SiteId
) -> None:
    operator = visitor(Role.STATION)
    (lane,) = station(sessions, place).lanes
    outage_id = announced(sessions, lane.id)

    url = f"/desk/sites/{operator.actor.site_id}/outages"
    answer = operator.post(f"{url}/{outage_id}/end", data={"csrf_token": token(operator, url)})

    assert answer.status_code == 404
    assert station(sessions, place).outages


def test_another_stations_operator_is_refused(visitor: Visit, sessions: Sessions, address: str) -> None:
    operator = visitor(Role.STATION)
    own = f"/desk/sites/{operator.actor.site_id}/outages"
    csrf = {"csrf_token": token(operator, own)}

    assert operator.get(f"{address}/outages").status_code == 403
    assert operator.post(f"{address}/outages/1/end", data=csrf).status_code == 403
    assert "/outages" not in operator.get(address).text


@pytest.mark.parametrize("page", ["lanes/new", "lanes/1", "hours", "terms"])
@pytest.mark.parametrize("role", [Role.STATION, Role.COUNTER, Role.SUPERVISOR, Role.EXAM_SITE])
def test_only_the_office_says_what_a_station_is(visitor: Visit, address: str, role: Role, page: str) -> None:
    client = visitor(role)

    assert client.get(f"{address}/{page}").status_code == 403
    shown = client.get(address).text + client.get(f"{address}/lanes").text
    assert not any(f"{address}/{link}" in shown for link in ("lanes/", "hours", "terms"))


def test_the_page_of_a_station_sums_up_and_leads_on(visitor: Visit, address: str) -> None:
    page = visitor(Role.PLANNER).get(address).text

    assert "1 in use, 12 vehicles an hour together" in page
    assert "not published" in page
    assert "08:00–12:00, 14:00–17:00" in page
    assert all(f'href="{address}/{name}"' in page for name in ("lanes", "hours", "terms", "outages"))


def test_changing_a_station_keeps_its_weekdays_and_asks_for_no_classes(
    visitor: Visit, sessions: Sessions, place: SiteId, address: str
) -> None:
    planner = visitor(Role.PLANNER)

    page = planner.get(f"{address}/edit").text
    answer = planner.submit(f"{address}/edit", EDIT)

    facts = station(sessions, place).facts
    assert answer.status_code == 303
    assert "Such as C1,C2" not in page
    assert facts.offers == (Offer("inspection_small"), Offer("inspection_large"))
    assert (facts.open_weekdays, facts.name) == ("12345", "改名检验站")


@pytest.mark.parametrize("page", ["lanes", "lanes/new", "hours", "terms", "outages"])
def test_an_exam_site_has_none_of_these_pages(visitor: Visit, sessions: Sessions, page: str) -> None:
    planner = visitor(Role.PLANNER)
    with unit_of_work(sessions) as session:
        exam_site = factories.site(session)

    assert planner.get(f"/desk/sites/{exam_site}/{page}").status_code == 404
    assert f"/{page}" not in planner.get(f"/desk/sites/{exam_site}").text


def test_the_public_page_of_an_exam_site_says_nothing_of_lanes(stranger: Visitor, sessions: Sessions) -> None:
    with unit_of_work(sessions) as session:
        exam_site = factories.site(session)

    page = stranger.get(f"/sites/{exam_site}").text

    assert "Test lanes" not in page
    assert "Prices" not in page


def test_the_public_page_of_a_station_tells_hours_prices_and_lanes(stranger: Visitor, sessions: Sessions) -> None:
    with unit_of_work(sessions) as session:
        place = factories.station(session, lanes=(("inspection_large", 6),))
        factories.station_lane(session, place, service="inspection_large", kinds="TRUCK")
        factories.station_lane(session, place, name="旧线", is_active=False)

    page = stranger.get(f"/sites/{place}").text

    assert re.search(r"Monday to Friday</dt>\s*<dd>\s*08:00–12:00, 14:00–17:00", page)
    assert re.search(r"Saturday to Sunday</dt>\s*<dd>\s*closed", page)
    assert "not published" in page
    assert "(truck)" in page
    assert "旧线" not in page


def test_the_pages_are_in_chinese_first(visitor: Visit, place: SiteId, address: str) -> None:
    planner = visitor(Role.PLANNER)
    planner.delete_cookie("language")

    assert "检测线" in planner.get(f"{address}/lanes").text
    assert "收费（元）：小型汽车检验" in planner.get(f"{address}/terms").text
    assert "营业时间" in planner.get(f"/sites/{place}").text
