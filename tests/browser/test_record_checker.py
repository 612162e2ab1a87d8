"""The checker of the reader's browser says of every record what the checker in Python says, step by step."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from random import Random
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route

from booking.allotment.rules.checker import check
from booking.allotment.rules.draw import effective
from booking.allotment.rules.encoding import canonical
from booking.allotment.rules.own import own_line
from booking.allotment.rules.shape import UnfitRecordError, read_record
from booking.web.headers import POLICY
from tests.browser.odd_texts import written_oddly
from tests.browser.spoiling import lie, spoil, spoil_text
from tests.records import BuiltRecord, build_record, signed, text_of

ROOT = Path(__file__).parents[2]
HOUSE = "https://round.test"  # WebCrypto is only there for pages that came over https
ROUNDS, AT_ONCE = 1_000, 50
Case = dict[str, Any]
States = list[tuple[int, str]]

CHECK = """async (cases) => {
  const { check } = await import("/static/js/record/checker.js");
  const statesOf = async ({ text, receipts }) => {
    const states = [];
    for await (const { number, state } of check(text, receipts)) states.push([number, state]);
    return states;
  };
  return Promise.all(cases.map(statesOf));
}"""
CANONICAL = """async (texts) => {
  const { readJson } = await import("/static/js/record/reader.js");
  const { canonical } = await import("/static/js/record/canonical.js");
  const { hexOf } = await import("/static/js/record/bytes.js");
  return texts.map((text) => hexOf(canonical(readJson(text))));
}"""
READ = """async (texts) => {
  const { readRecord, UnfitRecordError } = await import("/static/js/record/shape.js");
  return texts.map((text) => {
    try {
      return JSON.stringify(readRecord(text)) && "fit";
    } catch (failure) {
      return failure instanceof UnfitRecordError ? "unfit" : String(failure);
    }
  });
}"""
OWN = """async ({ text, pids }) => {
  const { ownLine } = await import("/static/js/record/own.js");
  return Promise.all(pids.map((pid) => ownLine(text, pid)));
}"""


def _from_the_folder(route: Route) -> None:
    path = ROOT / route.request.url.removeprefix(HOUSE + "/")
    headers = {"Content-Security-Policy": POLICY, "X-Content-Type-Options": "nosniff"}
    if path.is_file():
        kind = "text/javascript" if path.suffix == ".js" else "text/plain"
        route.fulfill(body=path.read_text(), content_type=kind, headers=headers)
    else:
        route.fulfill(body="<!DOCTYPE html><title>.</title>", content_type="text/html", headers=headers)


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A page of the house with its strict policy, where scripts are the files of static/."""
    context = chromium.new_context()
    page = context.new_page()
    page.route(f"{HOUSE}/**", _from_the_folder)
    page.goto(HOUSE)
    yield page
    context.close()


def in_python(case: Case) -> States:
    return [(step.number, step.state) for step in check(case["text"], case["receipts"])]


def in_the_browser(page: Page, cases: list[Case]) -> list[States]:
    return [[(number, state) for number, state in states] for states in page.evaluate(CHECK, cases)]


def a_round(number: int) -> BuiltRecord:
    """Return a small round; small ones have the most ties, empty lanes and queues of one."""
    dice = Random(number)
    method = ("ranked", "lottery")[number % 2]
    return build_record(number, method=method, people=dice.randint(15, 28), slots=dice.randint(7, 9))


def a_case(number: int) -> Case:
    """Return the text of a round with up to two receipts: honest if the number is even by halves, else spoiled."""
    dice, built = Random(-number), a_round(number)
    data = built.copy()
    receipts = dice.sample(built.receipts, dice.randint(0, 2))
    spoils = number // 2 % 2 == 1
    if spoils and receipts and dice.random() < 0.2:
        receipts = json.loads(json.dumps(receipts))
        spoil_receipt = dice.choice(list(receipts[0]))
        receipts[0][spoil_receipt] = dice.choice((receipts[-1][spoil_receipt], "", 7, "0" * 64))
    elif spoils:
        dice.choice((spoil, lie))(dice, data)
    text = text_of(data)
    if spoils and dice.random() < 0.05:
        text = spoil_text(dice, text)
    return {"text": text, "receipts": [text_of(receipt) for receipt in receipts]}


@pytest.mark.parametrize("method", ["ranked", "lottery"])
def test_the_browser_accepts_the_examples_of_the_specification(page: Page, method: str) -> None:
    text = (ROOT / f"tests/data/round-record-{method}.json").read_text()

    [states] = in_the_browser(page, [{"text": text, "receipts": []}])

    assert states == [(number, "not checked" if number == 10 else "ok") for number in range(12)]


def test_browser_and_python_agree_on_every_step_of_a_thousand_rounds(page: Page) -> None:
    seen: Counter[tuple[int, str]] = Counter()
    disagreements = []

    for first in range(0, ROUNDS, AT_ONCE):
        cases = [a_case(number) for number in range(first, first + AT_ONCE)]
        for number, case, browser in zip(range(first, ROUNDS), cases, in_the_browser(page, cases), strict=False):
            python = in_python(case)
            seen.update(python)
            if browser != python:
                disagreements.append((number, sorted(set(browser) ^ set(python))))

    assert disagreements == []
    held_and_failed = {number: (seen[number, "ok"] > 0, seen[number, "wrong"] > 0) for number in range(12)}
    assert held_and_failed == dict.fromkeys(range(12), (True, True))  # else the rounds would prove little


@pytest.mark.parametrize(("name", "step"), [("announcement_hash", 1), ("seed", 8), ("outcome_hash", 8)])
def test_the_browser_sees_a_hash_that_alone_was_altered(page: Page, name: str, step: int) -> None:
    case = {"text": text_of({**a_round(12).data, name: "0" * 64}), "receipts": []}

    [states] = in_the_browser(page, [case])

    assert [number for number, state in states if state == "wrong"] == [step]
    assert states == in_python(case)


def test_the_browser_refuses_every_receipt_that_is_not_of_the_record(page: Page) -> None:
    built, other = a_round(8), a_round(10)
    mine, next_to_mine = built.receipts[4], built.receipts[5]
    same_row = {name: other.receipts[4][name] for name in ("row", "nonce", "leaf")}
    signed_by_the_office = [
        {**mine, "announcement_hash": other.data["announcement_hash"]}, {**mine, "leaf": next_to_mine["leaf"]},
        {**mine, "nonce": next_to_mine["nonce"]}, {**mine, **same_row}, {**mine, "root": next_to_mine["root"]},
        {**mine, "n": mine["n"] - 1, "root": built.receipts[3]["root"]}, {**mine, "n": 999}, {**mine, "n": 0},
    ]  # fmt: skip
    wrong = [{**mine, "signature": "0" * 128}, signed(mine, other.office)]
    wrong += [signed(receipt, built.office) for receipt in signed_by_the_office]
    cases = [{"text": built.text, "receipts": [text_of(receipt)]} for receipt in (mine, next_to_mine, *wrong)]

    says = [dict(states)[10] for states in in_the_browser(page, cases)]

    assert says == ["ok"] * 2 + ["wrong"] * len(wrong)
    assert says == [dict(in_python(case))[10] for case in cases]


@pytest.mark.parametrize("number", range(4))
def test_the_browser_shows_everybody_the_same_own_line(page: Page, number: int) -> None:
    built = a_round(number)
    applicants = effective(entry["row"] for entry in built.data["rows"])
    pids = list(applicants)

    shown = page.evaluate(OWN, {"text": built.text, "pids": [*pids, "0" * 32]})

    assert shown.pop() is None
    for pid, line in zip(pids, shown, strict=True):
        own = own_line(built.data, applicants, pid)
        assert own
        assert (line["ticket"], line["ahead"], line["granted"]) == (own.ticket, own.ahead, own.granted)
        assert (line["waiting"], line["cutOffs"]) == (own.waiting, [asdict(cut_off) for cut_off in own.cut_offs])


def test_the_browser_writes_the_same_bytes_for_odd_texts(page: Page) -> None:
    dice = Random(1)
    signs = [
        '"',
        "\\",
        "/",
        "\0",
        "\x1f",
        "\b\f\n\r\t",
        "\x7f",
        "\x85",
        "\u2028",
        "é",
        "\uffff",
        "\U0001f600",
        "汉",
        "a",
        "Z",
    ]
    words = ["".join(dice.choices(signs, k=dice.randint(0, 9))) for _ in range(200)]
    values = [
        {word: [word, {"n": place, word + "\uff01": -0, word + "\U0001f600": ""}]} for place, word in enumerate(words)
    ]

    for ensure_ascii in (False, True):
        texts = [json.dumps(value, ensure_ascii=ensure_ascii) for value in values]
        written = page.evaluate(CANONICAL, texts)

        assert written == [canonical(value).hex() for value in values]


def test_browser_and_python_refuse_the_same_texts(page: Page) -> None:
    written = list(written_oddly(json.dumps(a_round(3).data, ensure_ascii=False)))

    read = page.evaluate(READ, written)

    said = dict(zip(written, read, strict=True))
    assert said == {one: _in_python(one) for one in written}
    assert min(Counter(read).values()) > 20  # of both kinds, or the texts would prove little


def _in_python(text: str) -> str:
    try:
        read_record(text)
    except UnfitRecordError:
        return "unfit"
    return "fit"
