"""A town whose round takes requests, and the forms of the learner's pages as a browser sends them."""

import re
from collections.abc import Mapping
from datetime import date, time

from werkzeug.test import TestResponse

from booking.kernel.actors import Actor
from booking.kernel.db import Sessions
from booking.kernel.ids import SlotId
from tests.service.allotment.city import Town
from tests.web.conftest import Visitor, hidden_fields

HERE = "/exams/subject_2/request"
SINCE = date(2026, 3, 1)  # acceptance; subject 1 ten days later sets the ranking time


def collecting_town(sessions: Sessions) -> Town:
    """Return a site with three sessions of one day, two places each, whose round takes requests."""
    town = Town(sessions)
    for hour in (8, 10, 14):
        town.add_slot(starts=time(hour, 30), ordinary=2)
    town.open()
    return town


def rival(town: Town, since: date, *wishes: SlotId) -> Actor:
    """Add somebody who ranks from ten days after `since` on and asks for the wishes."""
    actor = town.add_learner(accepted_on=since)
    town.ask(actor, *wishes)
    return actor


def step(name: str, *wishes: object, here: str = HERE, **more: object) -> str:
    """Return the address of a step with these wishes."""
    parts = [("step", name), *(("wish", wish) for wish in wishes), *more.items()]
    return f"{here}?{'&'.join(f'{key}={value}' for key, value in parts)}"


def send(
    visitor: Visitor, *wishes: object, here: str = HERE, data: Mapping[str, object] | None = None
) -> TestResponse:
    """Send the form of the check page with the wishes that stand on it."""
    page = visitor.get(step("check", *wishes, here=here))
    assert page.status_code == 200, page.get_data(as_text=True)
    fields = {**hidden_fields(page, here), "wish": [str(wish) for wish in wishes], **(data or {})}
    return visitor.post(here, data=fields)


def asked(visitor: Visitor, *wishes: object, here: str = HERE) -> str:
    """Ask for the wishes and return the address of the request."""
    answer = send(visitor, *wishes, here=here)
    assert answer.status_code == 303, answer.get_data(as_text=True)
    return answer.headers["Location"]


def text_of(visitor: Visitor, address: str) -> str:
    """Return the words of the main part of a page, spaces made one."""
    page = visitor.get(address)
    assert page.status_code == 200, f"{address} answered {page.status_code}"
    return words_of(page)


def words_of(page: TestResponse) -> str:
    """Return the words of the main part of an answer."""
    main = page.get_data(as_text=True).split("<main", 1)[1].split("</main>")[0]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main))
