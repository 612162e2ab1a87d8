"""A ticket on a telephone and on paper: its code is read by a reader that shares nothing with its writer."""

import io
import shutil
import subprocess
from collections.abc import Callable
from datetime import date

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import expect
from pypdf import PdfReader

from booking.bookings.ticket import public_key, read_ticket
from booking.kernel.db import Sessions, unit_of_work
from tests import factories
from tests.browser import inspections_city as city
from tests.browser.conftest import DESK, Person
from tests.conftest import NOW
from tests.web.bookings.tickets import text_of

NAME, MOBILE = "欧阳䶮㛃㭎𬭎𫖯𠅤", "19912345678"
SIZES = [(320, 700), (360, 740), DESK]
PRINTER = shutil.which("pdftoppm")
Journey = tuple[Person, str]


@pytest.fixture(params=["exam", "inspection"])
def seated(request: pytest.FixtureRequest, sessions: Sessions, somebody: Callable[..., Person]) -> Journey:
    """Return somebody who is signed in and has a place, and the reference; owners read English, the longer one."""
    actor = city.owner(sessions, name=NAME, phone=MOBILE)
    if request.param == "exam":
        with unit_of_work(sessions) as session:
            reference = factories.booking(session, actor, factories.slot(session), at=NOW)
    else:
        window = city.window(sessions, city.station(sessions, "东海岛检测站"), date(2026, 11, 26))
        reference = city.booked_car(sessions, actor, "粤G12345", window)
    person = somebody(DESK, scripts=False)
    person.journey = f"ticket-of-an-{request.param}"
    person.visit("/sign-in")
    city.signs_in(person, MOBILE)
    language = "zh" if request.param == "exam" else "en"
    person.page.context.add_cookies([{"name": "language", "value": language, "url": person.address}])
    return person, reference


def read_code(picture: bytes) -> str:
    """Return the one QR code in a picture."""
    (code,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(picture)))
    assert code.format == zxingcpp.BarcodeFormat.QRCode
    return str(code.text)


def on_paper(sheet: bytes) -> bytes:
    """Print a PDF of one page in grey, 150 dots an inch, and return the picture of it."""
    assert PRINTER is not None
    assert len(PdfReader(io.BytesIO(sheet)).pages) == 1
    command = [PRINTER, "-png", "-gray", "-singlefile", "-r", "150", "-"]
    return subprocess.run(command, input=sheet, capture_output=True, check=True).stdout


def test_the_code_on_the_screen_is_read_at_every_size_and_stands_at_the_public_check(
    seated: Journey, sessions: Sessions, somebody: Callable[..., Person]
) -> None:
    person, reference = seated
    text = text_of(sessions, reference)
    for path in ("", "/ticket"):
        for width, height in SIZES:
            person.page.set_viewport_size({"width": width, "height": height})
            person.visit(f"/my/bookings/{reference}{path}")
            assert read_code(person.page.screenshot(full_page=True)) == text
            city.fits_a_phone(person)
        person.keeps_a_picture()
    assert read_ticket(text, public_key(sessions.keyring)).reference == reference

    guard = somebody((360, 740), scripts=False)
    guard.journey = f"{person.journey}-checked"
    guard.visit("/tickets/check")
    guard.page.locator("[name=text]").press_sequentially(text)  # as a scanner types, and its end of line
    with guard.turns_the_page():
        guard.page.keyboard.press("Enter")
    guard.reads("有效")
    guard.reads("欧*******")
    expect(guard.page.get_by_text(reference)).to_have_count(0)
    assert guard.page.url.endswith("/tickets/check")
    city.fits_a_phone(guard)
    guard.keeps_a_picture()


@pytest.mark.skipif(PRINTER is None, reason="no pdftoppm (poppler-utils) on this machine: PAPER NOT TESTED")
def test_the_code_on_paper_is_read_from_the_sheet_and_from_the_printed_page(
    seated: Journey, sessions: Sessions
) -> None:
    person, reference = seated
    text = text_of(sessions, reference)

    sheet = person.page.context.request.get(f"{person.address}/my/bookings/{reference}/ticket.pdf")
    assert read_code(on_paper(sheet.body())) == text
    person.visit(f"/my/bookings/{reference}/ticket")
    printed = person.page.pdf(format="A4", prefer_css_page_size=True)
    assert read_code(on_paper(printed)) == text
