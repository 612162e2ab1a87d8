"""Every word of every page is in the language that the page says, or says itself in which it is."""

import re

import pytest
from sqlalchemy import String, select

from booking.inspections import sealing
from booking.inspections.models import Owner
from booking.inspections.views.outages import OUT_OF_ORDER
from booking.kernel.db import Base, reading
from booking.rosters.imports import ATTEMPT_COLUMNS
from booking.sites.models import Site
from booking.transfers.words import COLUMNS
from tests.pages.city import BY_LOGIN
from tests.pages.language import HAN, foreign_words, names_in_one
from tests.pages.sights import CHUNKS, Gallery

# Names of parts; a message in the language in which it was sent; and of the log, facts for which there are no words.
SHOWS_CODE = (
    "home.style",
    "notices.message",
    "audit.log",
    "supervision.entry",
    "supervision.finding",
    "plans.site_history",
)
# Columns of files are called in every language as they stand in the file, and so are the words in them.
COLUMN_WORDS = {name for columns in COLUMNS.values() for name in columns} | {
    *ATTEMPT_COLUMNS, "attempt", "outcome", "passed", "failed", "first", "upgrade", "exams", "inspections",
}  # fmt: skip
PAGE = '<html lang="{}"><body><p>{}</p><img src="a" alt="{}"></body></html>'


@pytest.fixture(scope="session")
def proper(gallery: Gallery) -> re.Pattern[str]:
    """What finds the proper names of the city, and whatever people have typed, in the language in which they did."""
    house = gallery.house()
    with reading(house.sessions) as session:
        sealed = session.scalars(select(Owner.name_sealed).where(Owner.name_sealed.is_not(None)))
        found = [sealing.name_in(gallery.city.keyring, name) for name in sealed]
        found += [*session.scalars(select(Site.name_en)), *BY_LOGIN, OUT_OF_ORDER.zh]
        for table in Base.metadata.sorted_tables:
            for column in (column for column in table.columns if isinstance(column.type, String)):
                found += [text for text in session.scalars(select(column).distinct()) if HAN.search(text or "")]
    house.close()
    return names_in_one([" ".join(text.split()) for text in found])


@pytest.mark.parametrize("number", range(CHUNKS))
def test_every_word_is_in_the_language_that_is_said(gallery: Gallery, proper: re.Pattern[str], number: int) -> None:
    pages = (drawn for drawn in gallery.chunk(number) if drawn.sight.endpoint not in SHOWS_CODE)
    faults = {str(drawn): found for drawn in pages if (found := foreign_words(drawn.text, proper, COLUMN_WORDS))}

    assert faults == {}


@pytest.mark.parametrize(
    ("language", "words", "spoken"),
    [
        ("en", "Sessions 场次", ""),
        ("en", "", "场次"),
        ("zh-Hans-CN", "请 Sign in", ""),
        ("zh-Hans-CN", "", "Sign in"),
    ],
)
def test_a_word_in_another_language_is_noticed(language: str, words: str, spoken: str) -> None:
    assert len(foreign_words(PAGE.format(language, words, spoken), names_in_one([]))) == 1


def test_names_codes_and_words_that_say_their_language_are_none() -> None:
    proper = names_in_one(["陈演示001", "演示坡头路考考场"])
    words = '陈演示001 at 演示坡头路考考场, 粤G12345 <span lang="zh-Hans-CN">场次</span>'

    assert foreign_words(PAGE.format("en", words, "陈**"), proper) == []
    assert (
        foreign_words(PAGE.format("zh-Hans-CN", "准驾 C1，PDF，API，SHA-256 <code>booking check</code>", ""), proper)
        == []
    )
