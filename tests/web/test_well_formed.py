"""Whoever reads pages in parts sees whatever breaks the whole, also in a page that differs little from the last."""

import pytest
from html5lib.html5parser import ParseError

from tests.web.well_formed import must_be_well_formed

PAGE = (
    '<!DOCTYPE html><html lang="en"><head><title>One</title></head><body><div>{before}'
    '<main id="main"><p>{main}</main>{after}</div></body></html>'
)


def page(before: str = "", main: str = "", after: str = "") -> str:
    return PAGE.format(before=before, main=main, after=after)


BROKEN = (
    "</div>",
    "<div>",
    "<b>",
    "</p></p>",
    "</main>",
    "<td>1</td>",
    '<a href="/"href="/">x</a>',
    "<p></div></p>",
    "&no;",
)


@pytest.mark.parametrize("part", ["before", "main", "after"])
@pytest.mark.parametrize("broken", BROKEN)
def test_what_is_broken_in_any_part_of_a_page_is_seen(part: str, broken: str) -> None:
    must_be_well_formed(page())

    with pytest.raises(ParseError):
        must_be_well_formed(page(**{part: broken}))


@pytest.mark.parametrize("broken", ["<title>A&no;</title>", "<title>A"])
def test_a_title_that_breaks_the_page_is_seen(broken: str) -> None:
    must_be_well_formed(page())

    with pytest.raises(ParseError):
        must_be_well_formed(page().replace("<title>One</title>", broken))


@pytest.mark.parametrize("value", ['a"b', "a&no;"])
def test_a_value_that_breaks_the_page_is_seen(value: str) -> None:
    form = '<form><input name="csrf_token" value="{}"></form>'
    must_be_well_formed(page(form.format("abc")))

    with pytest.raises(ParseError):
        must_be_well_formed(page(form.format(value)))


def test_a_page_without_a_main_part_is_read_whole() -> None:
    must_be_well_formed("<!DOCTYPE html><title>One</title><p>one")

    with pytest.raises(ParseError):
        must_be_well_formed("<!DOCTYPE html><title>One</title><p>one</div>")
