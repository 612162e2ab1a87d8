"""The sign-ins of the demo city: for the terminal, and for a file that load tests read."""

from collections.abc import Sequence
from datetime import date, datetime

from booking.accounts.models import SignInKind
from booking.accounts.service import signing_in
from booking.demo.city import OPERATORS, PASSWORD, STAFF
from booking.demo.documents import invented_phone
from booking.demo.owners import FIRST_PHONE, STORIES, DemoOwner
from booking.demo.people import STAGES, DemoLearner
from booking.demo.stations import STATIONS
from booking.kernel.actors import Actor, Role
from booking.kernel.db import Sessions, unit_of_work

OWNER = "owner"  # an applicant like any other; the word tells load tests who books inspections
Login = tuple[str, str, str, str]  # login, password, role, token


def open_sign_ins(
    sessions: Sessions,
    staff: dict[str, Actor],
    learners: Sequence[DemoLearner],
    owners: Sequence[DemoOwner],
    now: datetime,
) -> list[Login]:
    """Sign everybody in and return the rows of the file, each with a bearer token."""
    everybody = [(login, staff[login], role.value) for login, role, _ in STAFF]
    everybody += [(learner.phone, learner.actor, learner.actor.role.value) for learner in learners]
    everybody += [(owner.phone, owner.actor, OWNER) for owner in owners]
    rows = []
    with unit_of_work(sessions) as session:
        for login, actor, role in everybody:
            account_id = signing_in.account_of(actor)
            token = signing_in.open_sign_in(session, account_id, SignInKind.API, now=now)
            rows.append((login, PASSWORD, role, token))
    return rows


def sign_ins_in_words(today: date) -> str:
    """Return the demo sign-ins for the terminal: staff by login, a learner of each stage and the owners by phone."""
    names = {role: login for login, role, _ in reversed(STAFF) if role not in (Role.APPLICANT, Role.STATION)}
    operators = zip(OPERATORS, STATIONS, strict=True)
    lines = [f"  {login:12} {role.value}" for role, login in names.items()]
    lines += [f"  {login:12} {Role.STATION.value}: {station.place.name_en}" for login, station in operators]
    lines += [f"  {invented_phone(number + 1)}  learner: {stage.name}" for number, stage in enumerate(STAGES)]
    lines += [
        f"  {invented_phone(FIRST_PHONE + number + 1)}  owner: {story.text}" for number, story in enumerate(STORIES)
    ]
    return f"Sign-ins of the demo city on {today} (password of everybody: {PASSWORD})\n" + "\n".join(lines)
