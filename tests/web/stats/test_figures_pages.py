"""The pages of figures: who sees which, how a number leads to its rows and its definition, and the same as files."""

import io
import re
from collections.abc import Callable
from datetime import date

import pytest
from python_calamine import CalamineWorkbook

from booking.kernel.actors import Role
from booking.kernel.db import Sessions, unit_of_work
from booking.kernel.ids import SlotId
from booking.stats.rules.catalogue import FIGURES
from tests import factories
from tests.conftest import NOW
from tests.web.conftest import Visitor

PERIOD = "from=2026-12-01&to=2026-12-31"
Signing = Callable[..., Visitor]


@pytest.fixture
def slot_id(sessions: Sessions) -> SlotId:
    """A slot of ten places in December, of which three are booked."""
    with unit_of_work(sessions) as session:
        slot_id = factories.slot(session, service="road", day=date(2026, 12, 8))
        for _ in range(3):
            factories.booking(session, factories.account(session), slot_id, at=NOW)
        return slot_id


def test_everybody_sees_the_public_figures_and_nobody_the_others(stranger: Visitor, slot_id: SlotId) -> None:
    for figure in FIGURES:
        page = stranger.get(f"/stats/{figure.code}?{PERIOD}")
        assert page.status_code == (200 if figure.is_public else 404), figure.code
        assert "Set-Cookie" not in page.headers
    assert stranger.get(f"/stats/retest.csv?{PERIOD}").status_code == 404
    assert stranger.get("/desk/figures").status_code == 302


def test_learners_and_operators_do_not_see_the_office_s_figures(visitor: Signing) -> None:
    for role in (Role.APPLICANT, Role.EXAM_SITE, Role.STATION):
        assert visitor(role).get("/desk/figures/online/rows").status_code == 403


@pytest.mark.parametrize("by", ["service", "site", "class"])
def test_every_figure_has_a_page_however_it_is_parted(visitor: Signing, slot_id: SlotId, by: str) -> None:
    supervisor = visitor(Role.SUPERVISOR)
    for figure in FIGURES:
        assert supervisor.get(f"/desk/figures/{figure.code}?{PERIOD}&by={by}").status_code == 200, figure.code


def test_a_number_leads_to_its_rows_which_name_nobody(visitor: Signing, slot_id: SlotId) -> None:
    supervisor = visitor(Role.SUPERVISOR)
    page = supervisor.get(f"/desk/figures/fill?{PERIOD}").get_data(as_text=True)
    assert "30.00 %" in page
    assert "3 ÷ 10" in page

    (address,) = set(re.findall(r'href="(/desk/figures/fill/rows\?part=some[^"]*)"', page))
    rows = supervisor.get(address.replace("&amp;", "&")).get_data(as_text=True)

    assert rows.count('<th scope="row"') == 3
    assert "测试" not in re.sub(r"测试考场\d+|Test site \d+", "", rows.split("<main")[1].split("</main>")[0])


def test_a_page_of_rows_leads_to_the_next_until_all_are_seen(
    visitor: Signing, slot_id: SlotId, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("booking.stats.views.rows.ROWS_ON_A_PAGE", 2)
    supervisor = visitor(Role.SUPERVISOR)

    first = supervisor.get(f"/desk/figures/online/rows?{PERIOD}").get_data(as_text=True)
    (address,) = re.findall(r'href="([^"]*below=[^"]*)"', first)
    second = supervisor.get(address.replace("&amp;", "&")).get_data(as_text=True)

    assert (first.count('<th scope="row"'), second.count('<th scope="row"')) == (2, 1)
    assert "below=" not in second
    assert supervisor.get(f"/desk/figures/online/rows?{PERIOD}&below=tomorrow").status_code == 422


def test_every_number_leads_to_its_definition(stranger: Visitor, slot_id: SlotId) -> None:
    definitions = stranger.get("/stats/definitions").get_data(as_text=True)

    for figure in FIGURES:
        assert f'id="{figure.code}"' in definitions
        assert figure.meaning.en in definitions.replace("&#39;", "'")
    assert "/stats/definitions#fill" in stranger.get(f"/stats/fill?{PERIOD}").get_data(as_text=True)


def test_the_files_hold_what_the_pages_show(visitor: Signing, slot_id: SlotId) -> None:
    supervisor = visitor(Role.SUPERVISOR)

    table = supervisor.get(f"/desk/figures/fill.csv?{PERIOD}").get_data(as_text=True)
    book = supervisor.get(f"/desk/figures/fill/rows.xlsx?{PERIOD}&part=some")

    assert "All together,30.00,,3,10" in table
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(book.data)).get_sheet_by_index(0).to_python()
    assert len(sheet) == 4
    assert sheet[1][0] == date(2026, 12, 8)
    assert book.headers["Content-Disposition"].endswith("fill-rows-2026-12-01-2026-12-31.xlsx")


@pytest.mark.parametrize("wrong", ["from=yesterday", "from=2026-12-31&to=2026-12-01", "by=moon"])
def test_a_wrong_choice_is_refused_with_the_input_kept(visitor: Signing, wrong: str) -> None:
    supervisor = visitor(Role.SUPERVISOR)

    for address in ("/desk/figures", "/desk/figures/online", "/desk/figures/online/rows", "/desk/figures/online.csv"):
        assert supervisor.get(f"{address}?{wrong}").status_code == 422


@pytest.mark.parametrize("address", ["/stats", "/stats.csv", "/stats/fill", "/stats/fill.csv"])
@pytest.mark.parametrize("period", ["from=2026-01-01&to=9999-12-31", "from=0001-01-01&to=2026-12-31"])
def test_a_period_beyond_the_century_is_refused_at_once(stranger: Visitor, address: str, period: str) -> None:
    assert stranger.get(f"{address}?{period}").status_code == 422


def test_a_page_of_rows_that_no_database_can_hold_is_refused(visitor: Callable[..., Visitor]) -> None:
    address = "/desk/figures/online/rows?below=2026-01-01.99999999999999999999.internet"

    assert visitor(Role.SUPERVISOR).get(address).status_code == 422
