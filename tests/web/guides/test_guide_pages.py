"""Pages of guides and announcements: open to everybody, written by two."""

from collections.abc import Callable
from datetime import date

import pytest

from booking.guides.queries import guides
from booking.guides.rules.sections import Section
from booking.guides.shipped import NAMES
from booking.kernel.actors import Role
from booking.kernel.db import Sessions, reading
from tests.web.conftest import Visitor

Visit = Callable[..., Visitor]
EDIT = "/desk/guides/cancelling/edit"


def texts(**changed: str) -> dict[str, str]:
    filled = {f"{section}_zh": f"{section}的内容" for section in Section}
    return {"title_zh": "取消和改期", "title_en": "Cancelling", "reason": "补充说明", **filled, **changed}


@pytest.mark.parametrize("name", NAMES)
def test_everybody_reads_the_guides(visitor: Visit, name: str) -> None:
    assert f"/guides/{name}" in visitor().get("/guides").text
    assert visitor().get(f"/guides/{name}").status_code == 200


def test_complaints_lead_to_their_guide_and_unknown_names_nowhere(visitor: Visit) -> None:
    assert visitor().get("/complaints").location == "/guides/complaints"
    assert visitor().get("/guides/else").status_code == 404


def test_a_clerk_writes_another_person_approves_and_everybody_reads(visitor: Visit, sessions: Sessions) -> None:
    clerk = visitor(Role.COUNTER)
    answer = clerk.submit(EDIT, texts(fee_zh="<b>不收费</b>"))
    assert answer.status_code == 303
    address = answer.location
    assert "&lt;b&gt;不收费&lt;/b&gt;" in clerk.get(address).text
    assert "不收费&lt;" not in visitor().get("/guides/cancelling").text

    approver = visitor(Role.APPROVER)
    assert approver.submit(f"{address}/approve", on=address).status_code == 303

    page = visitor().get("/guides/cancelling").text
    assert "&lt;b&gt;不收费&lt;/b&gt;" in page
    assert "/guides/cancelling/versions" in page
    assert "补充说明" in visitor().get("/guides/cancelling/versions").text
    with reading(sessions) as session:
        assert guides.guide(session, "cancelling").number == 1


def test_a_refused_form_keeps_what_was_typed(visitor: Visit) -> None:
    page = visitor(Role.COUNTER).submit(EDIT, texts(who_zh="", flow_zh="先登录"))

    assert page.status_code == 422
    assert "先登录" in page.text
    assert 'href="#who_zh"' in page.text
    assert "Write “Who it is for”" in page.text


def test_the_second_editor_sees_that_somebody_was_quicker_and_keeps_the_words(visitor: Visit) -> None:
    first, second = visitor(Role.COUNTER), visitor(Role.PLANNER)
    assert second.get(EDIT).status_code == 200
    first.submit(EDIT, texts())

    page = second.submit(EDIT, texts(flow_zh="另一种写法"))

    assert page.status_code == 409
    assert "另一种写法" in page.text
    assert "Somebody else was quicker" in page.text


def test_an_announcement_is_on_the_front_page_once_approved(visitor: Visit) -> None:
    words = {"title_zh": "停电停考", "text_zh": "今天下午停考。", "first_day": "2026-11-24", "last_day": "2026-11-25"}
    clerk = visitor(Role.PLANNER)
    address = clerk.submit("/desk/announcements/new", words).location
    assert "停电停考" not in visitor().get("/").text

    visitor(Role.APPROVER).submit(f"{address}/approve", on=address)

    assert "停电停考" in visitor().get("/").text
    assert "今天下午停考。" in visitor().get(address.replace("/desk", "")).text
    clerk.submit(f"{address}/end", on=address)
    assert "停电停考" not in visitor().get("/").text


@pytest.mark.parametrize("day", ["2026-11-23", "2027-12-01", "soon"])
def test_days_that_cannot_be_are_refused_beside_their_field(visitor: Visit, day: str) -> None:
    words = {"title_zh": "停考", "text_zh": "停考。", "first_day": f"{date(2026, 11, 24)}", "last_day": day}

    page = visitor(Role.COUNTER).submit("/desk/announcements/new", words)

    assert page.status_code == 422
    assert 'href="#last_day"' in page.text


@pytest.mark.parametrize("address", ["/desk/guides", EDIT, "/desk/announcements/new"])
def test_learners_and_sites_write_nothing(visitor: Visit, address: str) -> None:
    assert {visitor(role).get(address).status_code for role in (Role.APPLICANT, Role.STATION)} == {403}
