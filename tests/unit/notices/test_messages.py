"""What people are sent, read as its reader gets it: whole, short, in one language, with one time and one tone."""

import re

import pytest

from booking.kernel.errors import Language
from tests.messages import ANSWER, COMPANY, PERSON, REASON, kinds, rendered, samples

SIGNATURE = "【湛江市车辆管理所】"  # the senders put the office in front of each text message
PART, PARTS = 67, 3  # of a long Chinese text message, and what one may cost
LONGEST_ENGLISH = 470
# References, keys, plates, hours and addresses of this site; nothing else of a Chinese message is in Latin letters.
CODES = re.compile(r"\b[A-Z0-9]{4}(?:-[A-Z0-9]{4}){3}\b|\b[A-Z0-9]{10}\b|粤[A-Z]·\S+|/[a-z-]+(?:/[a-z-]+)*/\d+")
TYPED = {"rating_answered"}  # holds what a clerk has written, so its length is the clerk's
# What was typed in Chinese is told as it was typed: names, addresses, reasons and answers.
TYPED_IN_CHINESE = (COMPANY, PERSON, "粤", "麻章区示例大道88号", "雷州市示例路66号", REASON.rstrip("。"), ANSWER)
NAMES = re.compile("|".join(map(re.escape, TYPED_IN_CHINESE)))
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def test_each_message_has_a_sample() -> None:
    assert set(samples()) == kinds()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_message_keeps_a_gap_or_a_doubled_stop(language: Language) -> None:
    for kind, title, text in rendered(language):
        assert title, kind
        assert text, kind
        assert not re.search(r"[{}]|None|。。|\.\.|  |（）|\(\)", f"{title}\n{text}"), (kind, text)


def test_a_chinese_text_message_takes_three_parts_at_the_most() -> None:
    long = {kind: len(SIGNATURE + text) for kind, _, text in rendered("zh") if kind not in TYPED}

    assert {kind: length for kind, length in long.items() if length > PART * PARTS} == {}


def test_an_english_message_stays_short() -> None:
    long = {kind: len(text) for kind, _, text in rendered("en")}

    assert {kind: length for kind, length in long.items() if length > LONGEST_ENGLISH} == {}


def test_a_chinese_message_has_no_latin_words_and_chinese_stops() -> None:
    for kind, title, text in rendered("zh"):
        words = CODES.sub("", f"{title}\n{text}")
        assert not re.search(r"[A-Za-z]", words), (kind, words)
        assert not re.search(r"[\u4e00-\u9fff][,;:?!()]|[,;?!()][\u4e00-\u9fff]", words), (kind, words)


def test_an_english_message_is_chinese_only_in_names_and_plates() -> None:
    for kind, title, text in rendered("en"):
        assert not CHINESE.search(NAMES.sub("", title + text)), (kind, text)


def test_a_chinese_message_says_you_politely_and_never_blames() -> None:
    for kind, title, text in rendered("zh"):
        assert not re.search(r"你|您没有|您未|违规|必须", title + text), (kind, text)


def test_a_deadline_at_midnight_is_the_end_of_the_day_before() -> None:
    [text] = [text for kind, _, text in rendered("zh") if kind == "booking_confirmed"]

    assert "12月6日（星期日）24:00 前取消" in text


def test_a_single_day_is_not_told_in_the_plural() -> None:
    titles = [title for kind, title, _ in rendered("en") if kind == "inspection_reminder"]

    assert any(title.endswith("in 1 day") for title in titles)
    assert any(title.endswith("in 30 days") for title in titles)
