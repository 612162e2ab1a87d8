"""The public figures as anybody sees them."""

from datetime import date

import pytest
from flask import Flask

from booking.exams.line import EXAMS
from booking.kernel.db import Sessions, unit_of_work
from booking.kernel.ids import SiteId
from booking.stats.models import PastBooking
from tests import factories
from tests.conftest import NOW
from tests.web.conftest import Visitor

MARCH = "from=2016-03-01&to=2016-03-31"


@pytest.fixture
def site_id(sessions: Sessions) -> SiteId:
    """A site with eight bookings of subject 1 in March 2016, of which one was made on line."""
    with unit_of_work(sessions) as session:
        site_id = factories.site(session)
        for number in range(8):
            channel = "internet" if number == 0 else "school"
            row = {"line": "exams", "service": "subject_1", "site_id": site_id, "day": date(2016, 3, 9)}
            session.add(PastBooking(**row, channel=channel, outcome="passed"))
        return site_id


def test_anybody_sees_every_share_beside_its_numerator_and_denominator(stranger: Visitor, site_id: SiteId) -> None:
    page = stranger.get(f"/stats?{MARCH}")

    text = page.get_data(as_text=True)
    assert page.status_code == 200
    assert "12.50 %" in text
    assert "1 ÷ 8" in text
    assert "Share on line = bookings made on line ÷ all bookings" in text


def test_the_page_sets_no_cookie(stranger: Visitor, site_id: SiteId) -> None:
    page = stranger.get(f"/stats?{MARCH}")

    assert "Set-Cookie" not in page.headers


def test_the_chart_stands_beside_a_table_with_the_same_numbers(stranger: Visitor, site_id: SiteId) -> None:
    text = stranger.get(f"/stats?{MARCH}").get_data(as_text=True)

    assert '<svg role="img"' in text
    assert "Bookings made on line, by subject" in text
    assert "Bookings by subject and way of booking" in text


def test_a_subject_without_a_booking_is_in_the_table_with_a_dash(stranger: Visitor, site_id: SiteId) -> None:
    text = stranger.get(f"/stats?{MARCH}").get_data(as_text=True)

    # A subject without a booking has no bar in the chart, so the first that names it is the table.
    row = text.split(EXAMS.services["safety"].en)[1].split("</tr>")[0]
    assert "—" in row


def test_without_a_period_the_calendar_year_is_shown_with_its_days_to_come(
    stranger: Visitor, sessions: Sessions
) -> None:
    with unit_of_work(sessions) as session:
        factories.booking(session, factories.account(session), factories.slot(session), at=NOW)

    text = stranger.get("/stats").get_data(as_text=True)

    assert 'value="2026-01-01"' in text
    assert 'value="2026-12-31"' in text
    assert "1 ÷ 1" in text


def test_an_empty_period_says_so_and_offers_the_days_there_are(stranger: Visitor, site_id: SiteId) -> None:
    text = stranger.get("/stats?from=2020-01-01&to=2020-01-31").get_data(as_text=True)

    assert "No booking in this period" in text
    assert "/stats?from=2016-03-09&amp;to=2016-03-09" in text
    assert '<svg role="img"' not in text


def test_a_house_without_any_plan_says_so(stranger: Visitor) -> None:
    text = stranger.get("/stats").get_data(as_text=True)

    assert "No test day has been published yet." in text


def test_one_site_can_be_chosen(stranger: Visitor, sessions: Sessions, site_id: SiteId) -> None:
    with unit_of_work(sessions) as session:
        other = factories.site(session)

    here = stranger.get(f"/stats?{MARCH}&site={site_id}").get_data(as_text=True)
    there = stranger.get(f"/stats?{MARCH}&site={other}").get_data(as_text=True)

    assert "1 ÷ 8" in here
    assert "No booking in this period" in there


@pytest.mark.parametrize("address", ["/stats", "/stats.csv"])
@pytest.mark.parametrize(
    ("query", "sentence", "kept"),
    [
        ("from=2016-03-31&to=2016-03-01", "The last day is before the first", 'value="2016-03-31"'),
        ("from=2016-02-30&to=2016-03-01", "This is not a day", 'value="2016-02-30"'),
        ("from=2016-03-01&to=soon", "This is not a day", 'value="soon"'),
        ("from=&to=2016-03-01", "Enter the first day", 'value="2016-03-01"'),
        ("from=2016-03-01&to=", "Enter the last day", 'value="2016-03-01"'),
        ("from=2016-03-01&to=2016-03-02&site=0", "There is no such site", 'value="2016-03-02"'),
        ("from=2016-03-01&to=2016-03-02&site=%27", "There is no such site", 'value="2016-03-02"'),
    ],
)
def test_a_bad_period_is_refused_with_what_was_entered(
    stranger: Visitor, address: str, query: str, sentence: str, kept: str
) -> None:
    page = stranger.get(f"{address}?{query}")

    text = page.get_data(as_text=True)
    assert page.status_code == 422
    assert sentence in text
    assert kept in text
    assert "<title>Error: " in text


def test_the_page_speaks_chinese_first(app: Flask, site_id: SiteId) -> None:
    text = app.test_client().get(f"/stats?{MARCH}").get_data(as_text=True)

    assert "网上预约比率 = 网上预约人次 ÷ 同一科目的全部预约人次" in text
    assert EXAMS.services["safety"].zh in text


def test_the_figures_can_be_downloaded_as_csv(stranger: Visitor, site_id: SiteId) -> None:
    file = stranger.get(f"/stats.csv?{MARCH}&site={site_id}")

    assert file.status_code == 200
    assert file.mimetype == "text/csv"
    assert file.headers["Content-Disposition"] == "attachment; filename=shares-2016-03-01-2016-03-31.csv"
    assert file.get_data(as_text=True).splitlines()[1] == "subject_1,1,8,12.50"


def test_the_page_links_to_the_file_of_the_same_period_and_site(stranger: Visitor, site_id: SiteId) -> None:
    text = stranger.get(f"/stats?{MARCH}&site={site_id}").get_data(as_text=True)

    assert f"/stats.csv?from=2016-03-01&amp;to=2016-03-31&amp;site={site_id}" in text
