"""One record written in many odd ways: some are still the record, most are refused by whoever reads strictly."""

from collections.abc import Iterator

NUMBERS = (
    "1.0", "1e2", "1E0", "-0", "0", "00", "01", "+1", "-1", "1.", ".5", "NaN", "Infinity", "-Infinity", "0x1", "1_0",
    "", "9007199254740991", "9007199254740992", "9" * 30, "9" * 5000, "true", "null", '"1"', "[1]", "１", "\t1\r\n",
    "\xa01",
)  # fmt: skip
TEXTS = (
    r'"\u00e9"', r'"e\u0301"', r'"\ud83d\ude00"', r'"\ud83d"', r'"\ude00"', r'"\ude00\ud83d"', r'"\u00E9"',
    r'"\u00g9"', r'"\U00e9"', r'"\x41"', r'"\'"', r'"\/"', r'"\b"', r'"\u000b"', r'"\u00a0"', r'"\u3000"',
    r'"\u2028"', '"\u2028"', '"\u0085"', '"\x7f"', '"\x00"', '"\n"', '"a b"', '""', "'a'", '"a', '"가"',
    r'"\u1100\u1161"', '"\u212b"', '"\ufeff"', '"__proto__"', '"constructor"',
)  # fmt: skip
DAYS = (
    "2024-02-29", "2026-02-29", "1900-02-29", "2000-02-29", "0000-01-01", "0001-01-01", "2026-13-01", "2026-00-10",
    "2026-12-00", "2026-04-31", "20261210", "2026-W50-4", "2026-12-1", "2026-12-10 ", "２026-12-10",
)  # fmt: skip
INSTANTS = (
    "2026-12-06T24:00:00Z", "2026-12-06T23:59:59Z", "2026-12-06T13:60:00Z", "2026-12-06T13:30:60Z",
    "0999-12-06T13:30:00Z", "0000-12-06T13:30:00Z", "2026-12-06T13:30:00z", "2026-12-06 13:30:00Z",
    "2026-12-06T13:30:00.0Z", "2026-12-06T13:30:00+00:00", "2026-12-06T13:30Z", "2027-02-29T13:30:00Z",
    "2028-02-29T13:30:00Z", "２026-12-06T13:30:00Z", "",
)  # fmt: skip
ATTEMPT, LANE = '"attempt": 1,', '"make_up": '
IN_PLACE_OF = {
    ATTEMPT: (
        "", ATTEMPT * 2, ATTEMPT + r'"\u0061ttempt": 1,', r'"\u0061ttempt": 1,', ATTEMPT + '"__proto__": 1,',
        ATTEMPT + '"constructor": 1,', ATTEMPT + ",", '"attempt" 1,', "attempt: 1,", "'attempt': 1,", '"Attempt": 1,',
        '"attempt": 1,// one\n', '"attempt": 1,/* one */', *(f'"attempt": {number},' for number in NUMBERS),
    ),
    LANE: ('"make up": ', '"": ', '"e\u0301": ', '"é": ', '"__proto__": ', r'"\ud800": ', '"5": ', '"priority": '),
    '"order-172"': TEXTS,
    '"2026-12-10"': tuple(f'"{day}"' for day in DAYS),
    '"2026-12-06T13:30:00Z"': tuple(f'"{instant}"' for instant in INSTANTS),
    "]": (",]", "]]", "}"),
    "}": (",}", "}}", "]"),
    ": ": (":", " : ", ":: ", "= "),
    ", ": (",", " ,\r\n\t", ",, ", "; "),
    '"reserve": 1': ('"reserve": {}', '"reserve": [1]', '"reserve": "1"'),
}  # fmt: skip


def written_oddly(text: str) -> Iterator[str]:
    """Yield the text of a record as it is, and in odd ways; `text` has a space after each colon and comma."""
    yield text
    yield from ("", " ", "null", "[]", "{}", "7", '"a"', "[" * 5_000, '{"a":' * 100_000, "[" * 50 + "]" * 50)
    yield from ("\ufeff" + text, text + "\ufeff", text + ",", text + "}", text[:-1], text[1:], f"[{text}]", text * 2)
    yield from (f" \t\r\n{text}\n", f"\xa0{text}", f"\f{text}", f"// a remark\n{text}", text + "\0")
    for part, others in IN_PLACE_OF.items():
        assert part in text
        yield from (text.replace(part, other) for other in others)
