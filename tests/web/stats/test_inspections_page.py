"""The public figures of inspections as anybody sees them."""

import re
from datetime import time, timedelta

import pytest
from flask import Flask

from booking.attendance.queries.settings import DaySettings
from booking.attendance.service import arrivals, calls, results
from booking.attendance.service.arrivals import Arrival
from booking.kernel.actors import Role
from booking.kernel.db import Sessions, unit_of_work
from booking.kernel.ids import Holder
from booking.sites.models import Site
from booking.stats.exports.inspections import COLUMNS
from tests import factories
from tests.conftest import NOW
from tests.service.attendance.station import DAY, PUBLISHED, SERVICE
from tests.web.conftest import Visitor

TODAY = "from=2026-11-24&to=2026-11-24"


@pytest.fixture
def code(sessions: Sessions) -> str:
    """The code of a station where today one car was booked and tested, one was only booked, and a truck just came."""
    with unit_of_work(sessions) as session:
        site_id = factories.station(session)
        operator = factories.account(session, Role.STATION, site_id=site_id)
        window = factories.slot(
            session, line="inspections", site_id=site_id, service=SERVICE, day=DAY, starts=time(10), released=4,
            published_at=PUBLISHED,
        )  # fmt: skip
        cars = [
            Holder(f"vehicle:{factories.vehicle(session, kind=kind)}") for kind in (*["small_passenger"] * 2, "truck")
        ]
        for car in cars[:2]:
            factories.booking_row(session, factories.account(session), window, at=PUBLISHED, held_by=car)
        for car in cars[::2]:
            arrival = Arrival(car, SERVICE)
            visit = arrivals.arrive(session, site_id, arrival, settings=DaySettings(), actor=operator, now=NOW)
            assert calls.call_next(session, site_id, "1", actor=operator, now=NOW)
            calls.start(session, visit.id, actor=operator, now=NOW + timedelta(minutes=6))
            results.record_result(session, visit.id, car is cars[0], actor=operator, now=NOW + timedelta(minutes=9))
        return session.get_one(Site, site_id).code


def row_of(text: str, caption: str, label: str) -> str:
    """Return the words and figures of one row of the table with a caption."""
    table = text.split(f'<caption class="away">{caption}</caption>')[1].split("</table>", maxsplit=1)[0]
    (row,) = [row for row in table.split("<tr>") if f"<div>{label}</div>" in row]
    return " ".join(re.sub(r"<[^>]+>", " ", row).split())


def test_anybody_sees_every_share_beside_its_numbers(stranger: Visitor, code: str) -> None:
    page = stranger.get(f"/stats/inspections?{TODAY}")

    text = page.get_data(as_text=True)
    assert page.status_code == 200
    assert "Set-Cookie" not in page.headers
    assert row_of(text, "Share booked on line, by station", "All together") == "All together 66.67 % 2 ÷ 3"
    assert row_of(text, "Share booked on line, by kind of vehicle", "truck") == "truck 0.00 % 0 ÷ 1"
    assert row_of(text, "Share booked on line, by kind of vehicle", "motorcycle") == "motorcycle — 0 ÷ 0"
    assert row_of(text, "Cars by way of booking", "without a booking") == "without a booking 33.33 % 1 ÷ 3"
    assert (
        row_of(text, "How full the stations were", "All together") == "All together 50.00 % 2 ÷ 4 50.00 % 2 ÷ 4 0 0"
    )
    assert row_of(text, "Punctuality, waits and results by station", "All together") == (
        "All together 100.00 % 1 ÷ 1 6.0 min nine in ten: 6.0 min 0.00 % 0 ÷ 1 50.00 % 1 ÷ 2 0"
    )


def test_each_chart_stands_over_a_table_and_each_figure_is_defined(stranger: Visitor, code: str) -> None:
    text = stranger.get(f"/stats/inspections?{TODAY}").get_data(as_text=True)

    assert text.count('<svg role="img"') == 3
    meaning = text.split("<summary>What is counted</summary>")[1]
    for caption in re.findall(r'<th scope="col" class="number">([^<]+)<', text):
        word = {"Of all cars": "Cars"}.get(caption, caption)
        assert word in meaning


def test_nothing_on_page_or_file_says_whose_car_it_was(stranger: Visitor, code: str) -> None:
    for address in ("/stats/inspections", "/stats/inspections.csv"):
        text = stranger.get(f"{address}?{TODAY}").get_data(as_text=True)
        assert "粤G" not in text
        assert not re.search(r"(vehicle|person):[0-9]", text)


def test_without_a_period_the_last_thirty_days_are_shown(stranger: Visitor, code: str) -> None:
    text = stranger.get("/stats/inspections").get_data(as_text=True)

    assert 'value="2026-10-26"' in text
    assert 'value="2026-11-24"' in text
    assert "2 ÷ 3" in text


def test_one_station_can_be_chosen(stranger: Visitor, sessions: Sessions, code: str) -> None:
    with unit_of_work(sessions) as session:
        other = session.get_one(Site, factories.station(session)).code

    here = stranger.get(f"/stats/inspections?{TODAY}&station={code}").get_data(as_text=True)
    there = stranger.get(f"/stats/inspections?{TODAY}&station={other}").get_data(as_text=True)

    assert "2 ÷ 3" in here
    assert "No car in this period" in there


def test_a_house_without_a_station_says_that_there_is_nothing(stranger: Visitor) -> None:
    text = stranger.get("/stats/inspections").get_data(as_text=True)

    assert "No car in this period" in text
    assert "<table" not in text


@pytest.mark.parametrize("address", ["/stats/inspections", "/stats/inspections.csv"])
@pytest.mark.parametrize(
    ("query", "sentence", "kept"),
    [
        ("from=2026-03-31&to=2026-03-01", "The last day is before the first", 'value="2026-03-31"'),
        ("from=2026-02-30&to=2026-03-01", "This is not a day", 'value="2026-02-30"'),
        ("from=2026-03-01&to=soon", "This is not a day", 'value="soon"'),
        ("from=&to=2026-03-01", "Enter the first day", 'value="2026-03-01"'),
        ("from=2026-01-01&to=2026-04-03", "Choose at most 92 days at a time", 'value="2026-04-03"'),
        ("from=2026-03-01&to=2026-03-02&station=X", "There is no such station", 'value="2026-03-02"'),
    ],
)
def test_a_bad_period_is_refused_with_what_was_entered(
    stranger: Visitor, code: str, address: str, query: str, sentence: str, kept: str
) -> None:
    page = stranger.get(f"{address}?{query}")

    text = page.get_data(as_text=True)
    assert page.status_code == 422
    assert sentence in text
    assert kept in text
    assert "<title>Error: " in text


def test_ninety_two_days_are_shown(stranger: Visitor) -> None:
    assert stranger.get("/stats/inspections?from=2026-01-01&to=2026-04-02").status_code == 200


def test_the_figures_can_be_downloaded_as_csv(stranger: Visitor, code: str) -> None:
    file = stranger.get(f"/stats/inspections.csv?{TODAY}&station={code}")

    lines = file.get_data(as_text=True).splitlines()
    assert file.status_code == 200
    assert file.mimetype == "text/csv"
    assert file.headers["Content-Disposition"] == "attachment; filename=inspections-2026-11-24-2026-11-24.csv"
    assert lines[0] == ",".join(("by", "code", *COLUMNS))
    assert lines[1].startswith("total,,3,3,100.00,2,66.67,2,4,50.00,2,4,50.00,1,1,100.00,6.0,6.0,")
    assert lines[2].startswith(f"station,{code},3,")
    assert [line.split(",")[0] for line in lines[2:]] == ["station", *["kind"] * 7, *["channel"] * 4]


def test_the_page_links_to_the_file_and_to_the_shares_and_the_shares_link_back(stranger: Visitor, code: str) -> None:
    text = stranger.get(f"/stats/inspections?{TODAY}&station={code}").get_data(as_text=True)
    shares = stranger.get("/stats").get_data(as_text=True)

    assert f"/stats/inspections.csv?from=2026-11-24&amp;to=2026-11-24&amp;station={code}" in text
    assert 'href="/stats"' in text
    assert 'href="/stats/inspections"' in shares


def test_bookings_at_stations_stand_in_a_table_of_their_own_beside_the_subjects(stranger: Visitor, code: str) -> None:
    text = stranger.get(f"/stats?{TODAY}").get_data(as_text=True)
    of_subjects = text.split('<caption class="away">Bookings made on line, by subject</caption>')[1].split(
        "</table>"
    )[0]

    assert "nspection" not in of_subjects
    assert of_subjects.count("<tr>") == 6  # the head, four subjects, all together
    of_services = "Bookings at stations made on line, by service"
    assert row_of(text, of_services, "All together") == "All together 2 2 100.00 %"


def test_a_chosen_exam_site_has_no_table_of_stations(stranger: Visitor, sessions: Sessions, code: str) -> None:
    with unit_of_work(sessions) as session:
        site_id = factories.site(session)

    text = stranger.get(f"/stats?{TODAY}&site={site_id}").get_data(as_text=True)

    assert "Bookings at stations made on line" not in text
    assert 'href="/stats/inspections"' in text


def test_the_page_speaks_chinese_first(app: Flask, code: str) -> None:
    text = app.test_client().get(f"/stats/inspections?{TODAY}").get_data(as_text=True)

    assert "在预约时段结束前到站的预约车 ÷ 已到站的预约车" in text
    assert "载货汽车" in text
    assert "没有预约" in text
