"""The desk's pages of sites: looking, adding, changing, and opening days."""

from collections.abc import Callable
from datetime import date

import pytest

from booking.kernel.actors import Role
from booking.kernel.db import Sessions, reading, unit_of_work
from booking.kernel.ids import SiteId
from booking.sites import queries
from booking.sites.models import Site
from booking.sites.rules.site import Offer, SiteFacts
from tests import factories
from tests.web.conftest import Visitor

MONDAY = date(2026, 11, 30)
NEW = {
    "code": "4408-n",
    "line": "exams",
    "name": "测试新考场",
    "district": "麻章区",
    "address": "测试路8号",
    "phone": "",
}
CHANGE = {
    "name": "测试改名考场",
    "name_en": "Renamed site",
    "district": "麻章区",
    "address": "测试路8号",
    "phone": "0759-0000008",
    "directions": "公交测试站下车，走东门",
    "directions_en": "Bus stop Test, east gate",
    "weekdays": ["1", "2", "3", "4", "5", "6"],
    "daily_maximum": "240",
    "services": ["subject_2", "road"],
    "classes_subject_2": "c1、c2",
    "classes_road": "",
    "is_active": "y",
}
CLOSED = {"state": "closed", "reason": "设备检修"}
Visit = Callable[..., Visitor]


@pytest.fixture
def site(sessions: Sessions) -> SiteId:
    with unit_of_work(sessions) as session:
        return factories.site(session)


@pytest.fixture
def address(site: SiteId) -> str:
    return f"/desk/sites/{site}"


def facts(sessions: Sessions, site: SiteId) -> SiteFacts:
    with reading(sessions) as session:
        return queries.site(session, site).facts


@pytest.mark.parametrize("role", [Role.PLANNER, Role.APPROVER, Role.SUPERVISOR, Role.COUNTER, Role.EXAM_SITE])
def test_who_sees_plans_sees_the_sites(visitor: Visit, address: str, role: Role) -> None:
    client = visitor(role)

    assert address in client.get("/desk/sites").text
    assert client.get(address).status_code == 200


@pytest.mark.parametrize("role", [Role.APPLICANT, Role.ADMINISTRATOR])
def test_others_do_not(visitor: Visit, address: str, role: Role) -> None:
    client = visitor(role)

    assert (client.get("/desk/sites").status_code, client.get(address).status_code) == (403, 403)


def test_without_sites_the_list_says_what_to_do(visitor: Visit) -> None:
    assert "No site yet" in visitor(Role.PLANNER).get("/desk/sites").text


def test_a_site_that_does_not_exist_is_not_found(visitor: Visit) -> None:
    assert visitor(Role.PLANNER).get("/desk/sites/404").status_code == 404


def test_a_site_is_added_and_goes_on_to_what_it_offers(visitor: Visit, sessions: Sessions) -> None:
    answer = visitor(Role.PLANNER).submit("/desk/sites/new", NEW)

    with reading(sessions) as session:
        added = queries.site_by_code(session, "4408-N")
    assert answer.status_code == 303
    assert answer.headers["Location"] == f"/desk/sites/{added.id}/edit"
    assert added.facts.name == "测试新考场"


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"code": "a b"}, "A code has 2 to 20"),
        ({"name": ""}, "Enter the name"),
        ({"address": "长" * 201}, "This is too long"),
        ({"line": ""}, "Choose the line of business"),
    ],
)
def test_a_site_that_cannot_be_comes_back_with_what_was_entered(
    visitor: Visit, wrong: dict[str, str], message: str
) -> None:
    page = visitor(Role.PLANNER).submit("/desk/sites/new", {**NEW, **wrong})

    assert page.status_code == 422
    assert message in page.text
    assert "麻章区" in page.text


def test_a_code_that_is_taken_is_named(visitor: Visit, sessions: Sessions, site: SiteId) -> None:
    page = visitor(Role.PLANNER).submit("/desk/sites/new", {**NEW, "code": facts(sessions, site).code})

    assert page.status_code == 422
    assert "Another site bears this code already" in page.text


def test_a_site_is_changed_and_everybody_reads_how_to_get_there(
    visitor: Visit, stranger: Visitor, sessions: Sessions, site: SiteId, address: str
) -> None:
    before = facts(sessions, site)

    answer = visitor(Role.PLANNER).submit(f"{address}/edit", CHANGE)

    changed = facts(sessions, site)
    assert (answer.status_code, answer.headers["Location"]) == (303, address)
    assert changed.offers == (Offer("subject_2", "C1,C2"), Offer("road"))
    assert (changed.open_weekdays, changed.daily_maximum, changed.is_active) == ("123456", 240, True)
    assert (changed.code, changed.line) == (before.code, before.line)
    assert (changed.directions, changed.directions_en) == (CHANGE["directions"], CHANGE["directions_en"])
    assert "Bus stop Test, east gate" in stranger.get(f"/sites/{site}").text
    stranger.set_cookie("language", "zh")
    assert "公交测试站下车，走东门" in stranger.get(f"/sites/{site}").text


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"daily_maximum": "many"}, "Enter a whole number from 0 to 100000"),
        ({"daily_maximum": "-1"}, "Enter a whole number from 0 to 100000"),
        ({"classes_subject_2": "小型汽车"}, "Write classes like this"),
        ({"name": ""}, "Enter the name"),
        ({"directions_en": "x" * 501}, "This is too long"),
    ],
)
def test_a_change_that_cannot_be_comes_back_with_what_was_entered(
    visitor: Visit, address: str, wrong: dict[str, str], message: str
) -> None:
    page = visitor(Role.PLANNER).submit(f"{address}/edit", {**CHANGE, **wrong})

    assert page.status_code == 422
    assert message in page.text
    assert "Renamed site" in page.text


def test_a_service_of_another_line_is_refused(visitor: Visit, sessions: Sessions, site: SiteId, address: str) -> None:
    page = visitor(Role.PLANNER).submit(f"{address}/edit", {**CHANGE, "services": ["inspection_small"]})

    assert page.status_code == 422
    assert [offer.service for offer in facts(sessions, site).offers] == ["subject_2"]


def test_a_form_older_than_somebody_elses_change_does_not_overwrite_it(
    visitor: Visit, sessions: Sessions, site: SiteId, address: str
) -> None:
    planner = visitor(Role.PLANNER)
    old = planner.get(f"{address}/edit")
    with unit_of_work(sessions) as session:
        session.get_one(Site, site).name = "别人刚改的名"

    seen = old.text.split('name="seen"')[1].split('value="')[1].split('"')[0]
    answer = planner.submit(f"{address}/edit", {**CHANGE, "seen": seen})

    assert answer.status_code == 409
    assert facts(sessions, site).name == "别人刚改的名"


def test_a_day_is_chosen_closed_and_set_back(visitor: Visit, sessions: Sessions, site: SiteId, address: str) -> None:
    planner = visitor(Role.PLANNER)
    day = f"{address}/days/2026-11-30"

    chosen = planner.get(f"{address}/days?day=2026-11-30")
    answer = planner.submit(day, CLOSED)
    listed = planner.get(address).text
    planner.submit(day, {"state": "usual", "reason": "提前修好"})

    assert (chosen.status_code, chosen.headers["Location"]) == (303, day)
    assert answer.status_code == 303
    assert "设备检修" in listed
    with reading(sessions) as session:
        assert queries.day_set(session, site, MONDAY) is None


@pytest.mark.parametrize("day", ["", "tomorrow"])
def test_a_day_must_be_chosen(visitor: Visit, address: str, day: str) -> None:
    assert visitor(Role.PLANNER).get(f"{address}/days?day={day}").status_code == 422


@pytest.mark.parametrize(
    ("day", "data", "message"),
    [
        ("2026-11-30", {**CLOSED, "reason": ""}, "Give a reason"),
        ("2026-11-23", CLOSED, "Choose today or a later day"),
        ("2026-11-30", {**CLOSED, "state": "usual"}, "Nothing is set for this day"),
    ],
)
def test_a_day_that_cannot_be_set_comes_back(
    visitor: Visit, address: str, day: str, data: dict[str, str], message: str
) -> None:
    page = visitor(Role.PLANNER).submit(f"{address}/days/{day}", data)

    assert page.status_code == 422
    assert message in page.text


def test_what_is_no_day_is_not_found(visitor: Visit, address: str) -> None:
    assert visitor(Role.PLANNER).get(f"{address}/days/2026-02-30").status_code == 404


@pytest.mark.parametrize("role", [Role.APPROVER, Role.SUPERVISOR, Role.COUNTER])
@pytest.mark.parametrize("page", ["/edit", "/days/2026-11-30"])
def test_who_only_looks_changes_nothing(visitor: Visit, address: str, role: Role, page: str) -> None:
    client = visitor(role)

    assert client.get(address + page).status_code == 403
    assert "/edit" not in client.get(address).text


def test_an_operator_sets_days_of_the_own_site_and_changes_no_site(
    visitor: Visit, sessions: Sessions, address: str
) -> None:
    operator = visitor(Role.EXAM_SITE)
    own = f"/desk/sites/{operator.actor.site_id}"

    assert operator.submit(f"{own}/days/2026-11-30", CLOSED).status_code == 303
    assert operator.get(f"{own}/edit").status_code == 403
    assert operator.get("/desk/sites/new").status_code == 403
    assert operator.get(f"{address}/days/2026-11-30").status_code == 403


def test_the_pages_are_in_chinese_first(visitor: Visit, address: str) -> None:
    planner = visitor(Role.PLANNER)
    planner.delete_cookie("language")

    assert "考场与检验站" in planner.get("/desk/sites").text
    assert "准驾车型：科目二" in planner.get(f"{address}/edit").text
