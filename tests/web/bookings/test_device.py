"""What a device may keep of tickets: whose they are, when it has to forget, and pages that name nobody."""

import json
import re
from collections.abc import Callable

import pytest
from sqlalchemy import update

from booking.accounts.models import Person
from booking.bookings.views.device import HOLDER
from booking.kernel.actors import Actor, Role
from booking.kernel.db import Sessions, unit_of_work
from booking.sites.models import Site
from booking.web.workers import UNSENT
from tests import factories
from tests.conftest import NOW
from tests.web.conftest import Visitor

ALL = '"storage"'


@pytest.fixture
def address(mei: Actor, sessions: Sessions) -> str:
    with unit_of_work(sessions) as session:
        return f"/my/bookings/{factories.booking(session, mei, factories.slot(session), at=NOW)}"


def test_the_worker_keeps_files_that_are_there(stranger: Visitor) -> None:
    answer = stranger.get("/my/worker.js")
    shell = json.loads(answer.text.removeprefix("const SHELL = ").split(";\n", 1)[0])

    assert answer.mimetype == "text/javascript"
    assert "/static/css/ticket.css" in shell["files"]
    assert {stranger.get(path).status_code for path in (*shell["files"], shell["offline"])} == {200}


def test_the_manifest_speaks_the_language_of_the_reader(stranger: Visitor) -> None:
    english = stranger.get("/manifest.webmanifest")
    stranger.set_cookie("language", "zh")
    chinese = stranger.get("/manifest.webmanifest")

    assert (english.get_json(force=True)["lang"], chinese.get_json(force=True)["lang"]) == ("en", "zh-Hans-CN")
    assert chinese.get_json(force=True)["start_url"] == "/my/bookings"
    assert {stranger.get(icon["src"]).status_code for icon in chinese.get_json(force=True)["icons"]} == {200}


def test_a_ticket_names_its_holder_to_the_device_and_says_when_to_forget(learner: Visitor, address: str) -> None:
    answer = learner.get(f"{address}/ticket")

    assert re.search(rf"{HOLDER}=[0-9a-f]{{16}};", answer.headers["Set-Cookie"])
    assert "HttpOnly" not in answer.headers["Set-Cookie"]
    assert 'data-until="2026-12-08T16:00:00+00:00"' in answer.text
    assert 'rel="manifest"' in answer.text
    assert HOLDER not in learner.get("/my/data").headers.get("Set-Cookie", "")


def test_the_offline_page_names_nobody(learner: Visitor, mei: Actor, sessions: Sessions) -> None:
    with unit_of_work(sessions) as session:
        session.execute(update(Person).where(Person.id == mei.person_id).values(name="罗唯一"))

    assert "罗唯一" in learner.get("/my/bookings").text
    assert "罗唯一" not in learner.get("/offline").text


@pytest.mark.parametrize("role", [Role.APPLICANT, Role.COUNTER])
def test_the_device_forgets_when_somebody_else_is_signed_in(
    learner: Visitor, visitor: Callable[..., Visitor], address: str, role: Role
) -> None:
    learner.get(address)
    held = learner.get_cookie(HOLDER)
    assert held is not None
    other = visitor(role)
    assert "Clear-Site-Data" not in other.get("/my/data").headers
    assert "Clear-Site-Data" not in learner.get("/my/data").headers

    other.set_cookie(HOLDER, held.value)
    answer = other.get("/my/data")

    assert answer.headers["Clear-Site-Data"] == ALL
    assert other.get_cookie(HOLDER) is None


def test_the_device_forgets_at_sign_out_but_no_check_in_that_waits_to_be_sent(learner: Visitor, address: str) -> None:
    learner.get(address)
    learner.set_cookie(UNSENT, "2")
    assert "Clear-Site-Data" not in learner.submit("/sign-out", on=address).headers
    assert learner.get_cookie(HOLDER) is None

    learner.set_cookie(HOLDER, "0123456789abcdef")
    learner.set_cookie(UNSENT, "0")
    assert learner.submit("/sign-out", on="/sign-in").headers["Clear-Site-Data"] == ALL


def test_ticket_and_booking_tell_how_to_get_there_and_what_to_wear(
    learner: Visitor, address: str, sessions: Sessions
) -> None:
    assert "How to get there" not in learner.get(address).text
    with unit_of_work(sessions) as session:
        session.execute(update(Site).values(directions="公交 12 路", directions_en="Bus 12 to the gate"))

    for page in (learner.get(address).text, learner.get(f"{address}/ticket").text):
        assert re.search(r"How to get there</dt>\s*<dd>\s*Bus 12 to the gate", page)
        assert "flat, closed shoes" in page
