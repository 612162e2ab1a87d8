"""What goes over the wire: files that may be kept for good, compressed answers, and the weight of the first page."""

import gzip
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask, url_for

from booking.web.language import JOINER
from tests.web.conftest import Visitor

FOR_GOOD = "public, max-age=31536000, immutable"
BROWSER = {"Accept-Encoding": "gzip, deflate, br, zstd"}
LARGEST_FIRST_PAGE, MOST_RESOURCES = 60_000, 3
RESOURCE = re.compile(r'<(?:link|script|img)\b[^>]*?\b(?:href|src)="(/[^"]+)"')


@pytest.fixture
def sheet(app: Flask) -> str:
    with app.test_request_context():
        return url_for("static", filename="css/app.css")


def test_the_address_of_a_file_names_what_it_holds(app: Flask, tmp_path: Path) -> None:
    app.static_folder, kept = str(tmp_path), app.static_folder
    try:
        with app.test_request_context():
            addresses = []
            for content in ("one", "another"):
                (tmp_path / "some.css").write_text(content)
                addresses.append(url_for("static", filename="some.css"))
            lost = url_for("static", filename="none.css")
    finally:
        app.static_folder = kept

    assert all(re.fullmatch(r"/static/some\.css\?v=[0-9a-f]{16}", address) for address in addresses)
    assert addresses[0] != addresses[1]
    assert lost == "/static/none.css"


def test_only_the_address_that_names_the_content_may_be_kept_for_good(stranger: Visitor, sheet: str) -> None:
    path, _, _ = sheet.partition("?")

    kept = {address: stranger.get(address).headers["Cache-Control"] for address in (sheet, path, f"{path}?v=old")}

    assert kept == {sheet: FOR_GOOD, path: "no-cache", f"{path}?v=old": "no-cache"}


def test_a_file_that_is_not_there_is_not_kept(stranger: Visitor) -> None:
    assert stranger.get("/static/none.css?v=0").headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("accepted", "sent"),
    [("gzip, deflate, br, zstd", "br"), ("gzip, zstd", "zstd"), ("gzip", "gzip"), ("identity", None), ("", None)],
)
@pytest.mark.parametrize("address", ["/", "/plans", "/static/css/app.css", "/api/v1/openapi.json"])
def test_the_browser_says_how_an_answer_is_compressed(
    stranger: Visitor, address: str, accepted: str, sent: str | None
) -> None:
    answer = stranger.get(address, headers={"Accept-Encoding": accepted})

    assert (answer.status_code, answer.headers.get("Content-Encoding")) == (200, sent)
    assert "Accept-Encoding" in answer.headers["Vary"]


def test_a_compressed_page_is_the_same_page(stranger: Visitor) -> None:
    plain, sent = stranger.get("/plans"), stranger.get("/plans", headers={"Accept-Encoding": "gzip"})

    assert gzip.decompress(sent.get_data()).decode().replace(JOINER, "") == plain.text  # readers pass over it
    assert len(sent.get_data()) < len(plain.get_data()) / 2


@pytest.mark.parametrize("address", ["/plans", "/rounds/", "/static/css/app.css"])
def test_whoever_holds_the_compressed_form_is_not_sent_it_again(stranger: Visitor, address: str) -> None:
    first = stranger.get(address, headers=BROWSER)
    again = stranger.get(address, headers=BROWSER | {"If-None-Match": first.headers["ETag"]})
    plain = stranger.get(address, headers={"If-None-Match": first.headers["ETag"]})

    assert (again.status_code, again.get_data()) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    assert "Accept-Encoding" in again.headers["Vary"]
    assert plain.status_code == 200  # the tag of the compressed form says nothing of the plain one


def test_caches_between_keep_a_shared_page_apart_by_language_and_compression(stranger: Visitor) -> None:
    vary = stranger.get("/plans", headers=BROWSER).headers["Vary"]

    assert {part.strip() for part in vary.split(",")} == {"Cookie", "Accept-Encoding"}


@pytest.mark.parametrize(
    ("asked_by", "sent"),
    [("same-origin", "br"), ("none", "br"), ("cross-site", None), ("same-site", None), (None, None)],
)
def test_a_page_with_secrets_is_compressed_only_for_our_own_pages(
    visitor: Callable[..., Visitor], asked_by: str | None, sent: str | None
) -> None:
    headers = BROWSER | ({"Sec-Fetch-Site": asked_by} if asked_by else {})

    answer = visitor().get("/my/data", headers=headers)

    assert (answer.status_code, answer.headers.get("Content-Encoding")) == (200, sent)


def test_what_is_small_or_packed_already_is_sent_as_it_is(stranger: Visitor) -> None:
    addresses = ("/healthz", "/static/img/favicon.svg", "/rounds/check-round.pyz")

    assert [stranger.get(address, headers=BROWSER).headers.get("Content-Encoding") for address in addresses] == [
        None,
        None,
        None,
    ]


def test_a_part_of_a_file_is_sent_as_it_is(stranger: Visitor) -> None:
    answer = stranger.get("/static/css/app.css", headers=BROWSER | {"Range": "bytes=0-999"})

    assert (answer.status_code, answer.headers.get("Content-Encoding"), len(answer.get_data())) == (206, None, 1000)


def test_the_first_page_is_light(stranger: Visitor) -> None:
    page = stranger.get("/")
    files = set(RESOURCE.findall(page.get_data(as_text=True)))
    linked = {file for file in files if file.startswith("/static/")}
    sizes = [
        len(stranger.get(address, headers=BROWSER | {"Sec-Fetch-Site": "same-origin"}).get_data())
        for address in ("/", *linked)
    ]

    assert sum(sizes) <= LARGEST_FIRST_PAGE
    assert len(linked) <= MOST_RESOURCES
