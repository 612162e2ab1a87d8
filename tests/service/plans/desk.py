"""A planning desk for the tests: a site, a planner, an approver, and the short ways to a plan in any state."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from sqlalchemy.orm import Session

from booking.kernel.actors import Actor, Role
from booking.kernel.db import Sessions, reading, unit_of_work
from booking.kernel.ids import PlanId, SiteId
from booking.plans.queries.plans import PlanShown, plan_shown
from booking.plans.rules.pattern import PlannedDay, PlannedLine
from booking.plans.service.approval import approve, submit
from booking.plans.service.drafting import draft_plans
from booking.slots.models import Method
from tests import factories

DAY = date(2026, 12, 8)
NOW = datetime(2026, 11, 24, 2, tzinfo=UTC)
PUBLISH_AT = datetime(2026, 11, 27, 1, tzinfo=UTC)  # E-11 09:00 at the office
PUBLISH_BY = datetime(2026, 11, 28, 1, tzinfo=UTC)  # E-10 09:00
MORNING = PlannedLine(time(8, 30), time(9, 30), "", ordinary=40, priority=5)
NOON = PlannedLine(time(9, 30), time(10, 30), "", ordinary=20)


@dataclass(frozen=True, slots=True)
class Desk:
    """Who plans what."""

    sessions: Sessions
    site_id: SiteId
    planner: Actor
    approver: Actor

    def drafted(self, *days: date, lines: tuple[PlannedLine, ...] = (MORNING, NOON)) -> PlanId:
        """Draft a plan for each day; return the first."""
        with unit_of_work(self.sessions) as session:
            planned = [PlannedDay(day, lines) for day in days or (DAY,)]
            return draft_plans(session, self.site_id, "subject_2", planned, actor=self.planner, now=NOW)[0]

    def submitted(self, day: date = DAY) -> PlanId:
        plan_id = self.drafted(day)
        with unit_of_work(self.sessions) as session:
            submit(session, plan_id, actor=self.planner, now=NOW)
        return plan_id

    def approved(self, day: date = DAY) -> PlanId:
        plan_id = self.submitted(day)
        with unit_of_work(self.sessions) as session:
            approve(session, plan_id, content_hash=self.shown(plan_id).content, actor=self.approver, now=NOW)
        return plan_id

    def shown(self, plan_id: PlanId) -> PlanShown:
        with reading(self.sessions) as session:
            return plan_shown(session, plan_id)


def open_desk(sessions: Sessions, *, daily_maximum: int = 500, method: Method = Method.RANKED) -> Desk:
    """Set up the desk of an office that gives its places by `method`."""
    with unit_of_work(sessions) as session:
        factories.setting(session, "exams.method", method)
        return Desk(sessions, *_people(session, daily_maximum))


def _people(session: Session, daily_maximum: int) -> tuple[SiteId, Actor, Actor]:
    return (
        factories.site(session, services=("subject_2", "road"), daily_maximum=daily_maximum),
        factories.account(session, Role.PLANNER),
        factories.account(session, Role.APPROVER),
    )
