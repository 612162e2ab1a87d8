"""Sessions as people write them, one a line: 2026-12-24 08:30-09:30 C1,C2 40+5."""

import re
from collections.abc import Iterable, Mapping
from datetime import date, time

from booking.plans.rules.pattern import PlannedLine, plannable

CLOCK = r"([01]\d|2[0-3]):[0-5]\d"
SESSION = re.compile(
    rf"(?P<day>\d{{4}}-\d\d-\d\d)\s+(?P<starts>{CLOCK})\s*[-–—至]\s*(?P<ends>{CLOCK})"
    r"(?:\s+(?P<classes>[A-Z][A-Z0-9_,]*))?\s+(?P<ordinary>\d{1,4})(?:\s*\+\s*(?P<priority>\d{1,4}))?",
    re.ASCII | re.IGNORECASE,
)


def read_sessions(text: str) -> Mapping[date, tuple[PlannedLine, ...]]:
    """Return the sessions by day, each day's in order of time; raise ValueError naming the line that is none."""
    found: dict[date, list[PlannedLine]] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip():
            try:
                day, session = _read(line.strip())
            except ValueError:
                raise ValueError(number) from None
            found.setdefault(day, []).append(session)
    return {day: tuple(sorted(sessions)) for day, sessions in sorted(found.items())}


def written(day: date, line: PlannedLine) -> str:
    """Write a session so that `read_sessions` reads the same."""
    parts = [day.isoformat(), f"{line.starts:%H:%M}-{line.ends:%H:%M}", line.classes, str(line.ordinary)]
    return " ".join(part for part in parts if part) + (f"+{line.priority}" if line.priority else "")


def content_written(day: date, lines: Iterable[PlannedLine]) -> str:
    """Write the sessions of a day, one a line."""
    return "\n".join(written(day, line) for line in lines)


def _read(line: str) -> tuple[date, PlannedLine]:
    match = SESSION.fullmatch(line)
    if match is None:
        raise ValueError(line)
    classes = ",".join(code for code in (match["classes"] or "").upper().split(",") if code)
    starts, ends = time.fromisoformat(match["starts"]), time.fromisoformat(match["ends"])
    places = int(match["ordinary"]), int(match["priority"] or 0)
    return plannable(date.fromisoformat(match["day"])), PlannedLine(starts, ends, classes, *places)
