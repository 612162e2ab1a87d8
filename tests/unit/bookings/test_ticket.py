"""The signed text of a ticket: read again as written, and refused when anything in it was touched."""

import string
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import segno
from hypothesis import given, settings
from hypothesis import strategies as st

from booking.bookings.ticket import (
    SHAPE,
    Ticket,
    TicketError,
    key_id,
    public_key,
    public_keys,
    read_our_ticket,
    read_ticket,
    tail_of,
    ticket_text,
)
from booking.kernel.ids import REFERENCE_ALPHABET
from booking.kernel.secrets import new_keyring

KEYRING = new_keyring()
KEY = public_key(KEYRING)
EXAM = Ticket("K7M2P9QRST", "exams", "subject_1", "ZJ-E01", datetime(2026, 12, 8, 0, 30, tzinfo=UTC), "123X", 0)
SCANNED = string.ascii_uppercase + string.digits
CODES = st.text(string.ascii_lowercase + string.digits + "_", min_size=1, max_size=20)
TICKETS = st.builds(
    Ticket,
    reference=st.text(REFERENCE_ALPHABET, min_size=10, max_size=10),
    line=CODES,
    service=CODES,
    site_code=st.text(SCANNED + "-", min_size=2, max_size=20),
    starts_at=st.integers(0, 40_000_000).map(
        lambda minutes: datetime(2020, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    ),
    id_tail=st.text(SCANNED + "-", min_size=4, max_size=4),
    changes=st.integers(0, 99_999),
)


def problem_of(text: str) -> str:
    with pytest.raises(TicketError) as refused:
        read_ticket(text, KEY)
    return refused.value.problem


@settings(max_examples=60)
@given(TICKETS)
def test_every_ticket_is_read_as_it_was_written_and_typed_by_any_scanner(ticket: Ticket) -> None:
    text = ticket_text(ticket, KEYRING)

    assert read_ticket(text, KEY) == ticket
    assert set(text) <= set(SCANNED + ".-")


def test_a_change_of_any_one_character_is_refused() -> None:
    text = ticket_text(EXAM, KEYRING)
    for place, there in enumerate(text):
        for other in SCANNED + ".-":
            if other != there:
                assert problem_of(text[:place] + other + text[place + 1 :]), f"{other} at {place} was taken"


def test_a_character_too_many_or_too_few_is_refused_at_every_place() -> None:
    text = ticket_text(EXAM, KEYRING)
    for place in range(len(text)):
        assert problem_of(text[:place] + text[place + 1 :])
        assert problem_of(text[:place] + text[place] + text[place:])


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        (str.lower, "a keyboard without capitals"),
        (lambda text: text.replace(".", "。"), "Chinese punctuation of an input method"),
        (lambda text: "".join(chr(ord(sign) + 0xFEE0) for sign in text), "full-width signs of an input method"),
        (lambda text: f" {text[:40]}\n{text[40:]}\r\n", "a scanner's line ends"),
    ],
)
def test_what_a_scanner_types_through_an_input_method_is_forgiven(typed: Callable[[str], str], why: str) -> None:
    assert read_ticket(typed(ticket_text(EXAM, KEYRING)), KEY) == EXAM, why


@pytest.mark.parametrize("text", ["", "K7M2P9QRST", "T1.", "x" * 10_000, "T1" + "." * 9, "🎫"])
def test_a_plain_reference_or_anything_else_is_no_ticket(text: str) -> None:
    assert problem_of(text) == "shape"


def test_another_offices_ticket_is_told_from_an_altered_one() -> None:
    assert problem_of(ticket_text(EXAM, new_keyring())) == "key"
    # Whoever relabels it with our key has altered it.
    foreign = ticket_text(EXAM, new_keyring()).split(".")
    assert problem_of(".".join([foreign[0], key_id(KEY), *foreign[2:]])) == "signature"
    month_13 = ticket_text(EXAM, KEYRING).replace("20261208", "20261308")
    assert problem_of(month_13) == "signature"


def test_a_new_key_signs_from_now_on_and_older_tickets_hold_until_their_key_is_gone() -> None:
    rotated = replace(KEYRING, sealing={**KEYRING.sealing, "k2": b"another key, of thirty-two bytes"})
    old, new = ticket_text(EXAM, KEYRING), ticket_text(EXAM, rotated)

    assert read_our_ticket(old, rotated) == read_our_ticket(new, rotated) == EXAM
    assert list(public_keys(rotated).values()) == [KEY, public_key(rotated)]
    gone = replace(rotated, sealing={"k2": rotated.sealing["k2"]})
    assert read_our_ticket(new, gone) == EXAM
    with pytest.raises(TicketError):
        read_our_ticket(old, gone)


def test_what_could_not_be_read_again_is_never_written() -> None:
    later = EXAM.starts_at + timedelta(seconds=1)
    for unfit in (replace(EXAM, site_code="海东"), replace(EXAM, reference="SHORT"), replace(EXAM, starts_at=later)):
        with pytest.raises((ValueError, TicketError)):
            ticket_text(unfit, KEYRING)


def test_a_chinese_character_in_the_tail_of_a_document_does_not_widen_the_code() -> None:
    assert [tail_of(number) for number in ("44080219990101123x", "海字第12号", "军1")] == ["123X", "-12-", "---1"]


def test_the_code_stays_small_enough_for_paper() -> None:
    longest = replace(EXAM, line="inspections", service="inspection_motorcycle", site_code="Z" * 20, changes=99)
    sizes = [segno.make_qr(ticket_text(ticket, KEYRING), error="q") for ticket in (EXAM, longest)]

    assert [code.designator for code in sizes] == ["9-Q", "10-Q"]
    assert {code.mode for code in sizes} == {"alphanumeric"}
    assert SHAPE.fullmatch(ticket_text(EXAM, KEYRING))
