"""The ticket of a booking: one sheet with all that is needed on the day, and a signed code that a scanner reads."""

import importlib
import re
from collections.abc import Callable

import pytest
from sqlalchemy import select, update

from booking.accounts.models import Person
from booking.bookings import paper
from booking.bookings.models import Booking, BookingState
from booking.bookings.queries import shown
from booking.bookings.ticket import Ticket, public_key, read_ticket
from booking.bookings.ticket_code import code_of
from booking.kernel.actors import Actor, Role
from booking.kernel.db import Sessions, keyring_of, reading, unit_of_work
from booking.sites.models import Site
from tests import factories
from tests.conftest import NOW
from tests.web.bookings.sheets import Sheet
from tests.web.bookings.tickets import text_of
from tests.web.conftest import Visitor

RARE = "䶮㛃㭎𬭎𫖯𠅤"


@pytest.fixture
def reference(mei: Actor, sessions: Sessions) -> str:
    with unit_of_work(sessions) as session:
        return factories.booking(session, mei, factories.slot(session), at=NOW)


def test_the_ticket_holds_all_that_is_needed_on_the_day(learner: Visitor, reference: str) -> None:
    page = learner.get(f"/my/bookings/{reference}/ticket").text

    assert f'<p class="reference">{reference}</p>' in page
    assert "<h1>Subject 2 (field)</h1>" in page
    for words in ("Tue 8 Dec 2026 08:30–09:30", "Test site", "测试路", "0759-0000000", "Mon 7 Dec 24:00"):
        assert words in page
    assert "Your identity document, the original" in page
    assert re.search(r"Please be there by</dt>\s*<dd>\s*08:00", page)


def test_ticket_and_booking_show_the_same_signed_code_that_holds_no_name(
    learner: Visitor, reference: str, sessions: Sessions
) -> None:
    text = text_of(sessions, reference)
    with reading(sessions) as session:
        site = session.scalars(select(Site)).one()
        person = session.get_one(Person, learner.actor.person_id)
        tail = keyring_of(session).open(person.id_number_sealed, column="person.id_number")[-4:]
        slot = shown(session, reference, person_id=None)

    code = code_of(text, "QR code of the signed ticket")
    for path in ("", "/ticket"):
        page = learner.get(f"/my/bookings/{reference}{path}").text
        assert code in page
        assert "style=" not in page
    expected = Ticket(reference, "exams", "subject_2", site.code, slot.starts_at, tail, 0)
    assert read_ticket(text, public_key(sessions.keyring)) == expected


def test_somebody_elses_ticket_is_not_found(
    visitor: Callable[..., Visitor], learner: Visitor, reference: str
) -> None:
    somebody = visitor(Role.APPLICANT)
    for path in ("ticket", "ticket.pdf"):
        assert learner.get(f"/my/bookings/{reference}/{path}").status_code == 200
        assert somebody.get(f"/my/bookings/{reference}/{path}").status_code == 404


@pytest.mark.parametrize("state", [BookingState.CANCELLED, BookingState.CANCELLED_BY_OFFICE, BookingState.PASSED])
def test_a_place_that_is_no_longer_held_has_no_ticket(
    learner: Visitor, reference: str, sessions: Sessions, state: BookingState
) -> None:
    with unit_of_work(sessions) as session:
        session.execute(update(Booking).values(state=state, ended_at=NOW))

    for path in ("ticket", "ticket.pdf"):
        answer = learner.get(f"/my/bookings/{reference}/{path}")
        assert (answer.status_code, answer.headers["Location"]) == (302, f"/my/bookings/{reference}")
    assert f'href="/my/bookings/{reference}/ticket' not in learner.get(f"/my/bookings/{reference}").text


def test_the_page_of_a_booking_leads_to_its_ticket(learner: Visitor, reference: str) -> None:
    page = learner.get(f"/my/bookings/{reference}").text

    assert f'href="/my/bookings/{reference}/ticket"' in page
    assert f'href="/my/bookings/{reference}/ticket.pdf"' in page


@pytest.mark.parametrize(
    ("language", "tag", "title"), [("zh", "zh-Hans-CN", "预约凭证"), ("en", "en", "Booking ticket")]
)
def test_the_sheet_is_read_aloud_found_again_and_printed_everywhere(
    learner: Visitor, reference: str, sessions: Sessions, language: str, tag: str, title: str
) -> None:
    learner.set_cookie("language", language)
    with unit_of_work(sessions) as session:
        session.execute(update(Person).values(name=f"欧阳{RARE}"))

    answer = learner.get(f"/my/bookings/{reference}/ticket.pdf")

    assert answer.mimetype == "application/pdf"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="ticket-{reference}.pdf"'
    sheet = Sheet(answer.data)
    assert (sheet.pages, sheet.paper) == (1, "A4")
    assert sheet.language == tag
    assert sheet.title.startswith(title)
    assert reference in sheet.title
    for words in (reference, f"欧阳{RARE}", "0759-0000000", "08:30–09:30", "2026"):
        assert words in sheet.text
    # Tagged (PDF/UA-1): a reader hears headings, the list of facts, and what the code is.
    assert sheet.is_tagged
    assert sheet.variant == "1"
    assert {"H1", "H2", "Table", "TH", "L", "P", "Figure"} <= sheet.roles
    assert sheet.spoken_pictures == [{"zh": "已签名凭证的二维码", "en": "QR code of the signed ticket"}[language]]
    # The code is drawn, not photographed; every font travels with the sheet.
    assert sheet.photographs == 0
    assert sheet.fonts
    assert all(sheet.fonts.values())


def test_where_no_pdf_can_be_made_the_way_leads_to_the_page_that_prints(
    learner: Visitor, reference: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = []

    def without_pango(name: str) -> None:
        tried.append(name)
        raise OSError("cannot load library 'libpango-1.0-0'")

    paper._printer.cache_clear()
    with monkeypatch.context() as machine:
        machine.setattr(importlib, "import_module", without_pango)
        answers = [learner.get(f"/my/bookings/{reference}/ticket.pdf") for _ in range(2)]
    paper._printer.cache_clear()

    assert tried == ["booking.bookings.printer"]  # asked for once, not with every ticket
    for answer in answers:
        assert answer.status_code == 503
        assert f'href="/my/bookings/{reference}/ticket"' in answer.text


@pytest.mark.parametrize(
    "address",
    ["https://1.1.1.1/x.css", "file:///etc/passwd", "/static/../config.py", "/static/css/none.css", "data:text/css,"],
)
def test_a_sheet_fetches_nothing_but_the_files_of_this_house(address: str) -> None:
    link, picture = f'<link rel="stylesheet" href="{address}">', f'<img src="{address}" alt="x">'
    for foreign in (link, picture):
        with pytest.raises(LookupError, match="no file of this house"):
            paper.pdf_of(f'<html lang="en"><title>x</title>{foreign}<p>x')
    assert paper.pdf_of('<html lang="en"><title>x</title><link rel="stylesheet" href="/static/css/ticket.css"><p>x')
