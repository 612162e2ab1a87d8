"""Random values of a round, kept as they come in, used only when every announced source is beyond doubt."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from booking.allotment.errors import WrongValueError
from booking.allotment.models.rounds import BeaconValue, Round, Stage
from booking.allotment.rules.draw import Json
from booking.allotment.service.announced import announcement_of
from booking.allotment.service.messages import alarm
from booking.audit import service as audit
from booking.kernel.actors import Actor
from booking.kernel.db import rows_changed
from booking.kernel.errors import InvalidStateError, NotAllowedError, NotFoundError

DRAW = "draw:"
NUMBERS, HIGHEST = 20, 80  # Kuaile 8: twenty numbers of eighty
LATE = timedelta(minutes=30)


def sources_of(round_: Round) -> list[str]:
    """Return the announced sources in order."""
    sources: list[str] = announcement_of(round_)["beacon"]
    return sources


def agreed_values(session: Session, round_: Round) -> list[Json] | None:
    """Return the values in the announced order, or None while one is missing or in doubt.

    Of a named draw, what two people entered must be the same; of each person the latest entry counts.
    """
    found = [{"source": source, "value": value} for source, value in _agreed_by_source(session, round_).items()]
    return found if all(one["value"] for one in found) else None


def differing(session: Session, round_: Round) -> bool:
    """Whether two people have entered different numbers, so that no draw is possible."""
    query = select(BeaconValue).where(BeaconValue.round_id == round_.id, BeaconValue.source.startswith(DRAW))
    latest = {value.entered_by_person: value.value for value in session.scalars(query.order_by(BeaconValue.id))}
    return len(latest) > 1 and len(set(latest.values())) == len(latest)


def keep_value(session: Session, round_id: int, source: str, value: str, *, actor: Actor, now: datetime) -> bool:
    """Keep a value that the system fetched; return False if there is one of that source already."""
    round_ = _held(session, round_id)  # so that of two fetchers one waits and then sees the other's value
    known = select(BeaconValue.id).where(BeaconValue.round_id == round_id, BeaconValue.source == source)
    if session.scalar(known) is not None:
        return False
    _require_time(round_, source, now)
    session.execute(insert(BeaconValue).values(round_id=round_id, source=source, value=value, at=now))
    audit.record(session, "random value kept", "round", round_id, actor=actor, now=now, after={"source": source})
    return True


def enter_draw(session: Session, round_id: int, source: str, numbers: str, *, actor: Actor, now: datetime) -> None:
    """Enter the numbers of a named public draw, as one of two people who do so separately.

    Raises `WrongValueError` for what no such draw gives, `InvalidStateError` before the announced instant or after
    the draw. Where two differ, nothing is drawn and the supervisors are told.
    """
    if actor.person_id is None:
        raise NotAllowedError
    if not source.startswith(DRAW):
        raise NotFoundError
    round_ = _held(session, round_id)  # a draw of this moment is done, or waits and sees these numbers
    _require_time(round_, source, now)
    row = insert(BeaconValue).values(
        round_id=round_id, source=source, value=drawn_numbers(numbers), entered_by_person=actor.person_id, at=now
    )
    session.execute(row)
    audit.record(session, "draw numbers entered", "round", round_id, actor=actor, now=now, after={"source": source})
    if differing(session, round_):
        raise_alarm(session, round_, "differing", actor=actor, now=now)


def drawn_numbers(text: str) -> str:
    """Return the numbers as the record spells them; raise `WrongValueError`."""
    parts = text.replace(",", " ").replace("，", " ").split()
    if len(parts) != NUMBERS or not all(part.isascii() and part.isdigit() and len(part) <= 2 for part in parts):
        raise WrongValueError("numbers")
    numbers = [int(part) for part in parts]
    if numbers != sorted(set(numbers)) or not 1 <= numbers[0] <= numbers[-1] <= HIGHEST:
        raise WrongValueError("numbers")
    return " ".join(f"{number:02}" for number in numbers)


def missing_sources(session: Session, round_: Round) -> list[str]:
    """Return the announced sources of which there is no agreed value yet."""
    return [source for source, value in _agreed_by_source(session, round_).items() if not value]


def alarm_once(session: Session, round_id: int, problem: str, *, actor: Actor, now: datetime) -> bool:
    """Tell the supervisors, once, of a value in doubt, or (`problem` "") one that has not come half an hour late."""
    round_ = session.get_one(Round, round_id)
    is_late = now >= round_.beacon_not_before + LATE
    if round_.alarmed_at is not None or not (problem or is_late):
        return False
    return raise_alarm(session, round_, problem or "late", actor=actor, now=now)


def raise_alarm(session: Session, round_: Round, problem: str, *, actor: Actor, now: datetime) -> bool:
    """Note that the random value gives cause for alarm ("late", "wrong", "differing") and tell the supervisors."""
    since = update(Round).where(Round.id == round_.id, Round.stage == Stage.FROZEN)
    if rows_changed(session, since.values(alarmed_at=now)) != 1:
        return False
    audit.record(session, "random value in doubt", "round", round_.id, actor=actor, now=now, reason=problem)
    alarm(session, round_, problem, now=now)
    return True


def _agreed_by_source(session: Session, round_: Round) -> dict[str, str]:
    """Return the agreed value of each announced source, in their order; "" where there is none yet."""
    entered: dict[str, dict[int | None, str]] = {}
    query = select(BeaconValue).where(BeaconValue.round_id == round_.id).order_by(BeaconValue.id)
    for value in session.scalars(query):
        entered.setdefault(value.source, {})[value.entered_by_person] = value.value
    return {source: _agreed(source, entered.get(source, {})) for source in sources_of(round_)}


def _agreed(source: str, entered: dict[int | None, str]) -> str:
    values = list(entered.values())
    if not source.startswith(DRAW):
        return values[0] if values else ""
    agreed = {value for value in values if values.count(value) >= 2}
    return agreed.pop() if len(agreed) == 1 else ""


def _held(session: Session, round_id: int) -> Round:
    """Return the round as it is now, held until the commit; raise `NotFoundError`."""
    held = update(Round).where(Round.id == round_id).values(alarmed_at=Round.alarmed_at)
    if rows_changed(session, held.execution_options(synchronize_session=False)) != 1:
        raise NotFoundError
    return session.get_one(Round, round_id, populate_existing=True)


def _require_time(round_: Round, source: str, now: datetime) -> None:
    if source not in sources_of(round_):
        raise NotFoundError
    if round_.stage is not Stage.FROZEN or now < round_.beacon_not_before:
        raise InvalidStateError(f"round {round_.id} takes no random value now")


def waiting_for_values(session: Session, line: str, *, now: datetime) -> Sequence[Round]:
    """Return the frozen rounds whose random values are due, in due order."""
    query = select(Round).where(Round.line == line, Round.stage == Stage.FROZEN, Round.beacon_not_before <= now)
    return session.scalars(query.order_by(Round.beacon_not_before, Round.id)).all()
