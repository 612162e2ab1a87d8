"""Who acts: roles, the acting account, and the table of who may do what."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from booking.kernel.ids import AccountId, PersonId, SiteId


class Role(StrEnum):
    """The office's roles. There is no role for driving schools: nobody acts for a learner but a clerk."""

    APPLICANT = "applicant"
    STATION = "station"
    EXAM_SITE = "exam_site"
    COUNTER = "counter"
    PLANNER = "planner"
    APPROVER = "approver"
    SUPERVISOR = "supervisor"
    ADMINISTRATOR = "administrator"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Actor:
    """An account at the moment it acts. `person_id` is what four-eyes checks compare, never the account."""

    account_id: AccountId | None
    person_id: PersonId | None
    role: Role
    site_id: SiteId | None = None


SYSTEM = Actor(account_id=None, person_id=None, role=Role.SYSTEM)

Predicate = Callable[[Actor], bool]


def _one_of(*roles: Role) -> Predicate:
    return lambda actor: actor.role in roles


class Act(StrEnum):
    """Everything an account can be allowed to do; one guard on each route names one of these."""

    USE_OWN_ACCOUNT = "use_own_account"
    BOOK_FOR_ONESELF = "book_for_oneself"
    BOOK_ON_BEHALF = "book_on_behalf"
    SEE_LEARNERS = "see_learners"
    KEEP_LEARNER_RECORDS = "keep_learner_records"
    SEE_VEHICLES = "see_vehicles"
    KEEP_VEHICLE_RECORDS = "keep_vehicle_records"
    SEE_STATION_DAY = "see_station_day"
    RUN_STATION = "run_station"
    KEEP_STATIONS = "keep_stations"
    ANNOUNCE_OUTAGES = "announce_outages"
    SEE_PLANS = "see_plans"
    PROPOSE_PLANS = "propose_plans"
    APPROVE_PLANS = "approve_plans"
    SEE_ROUNDS = "see_rounds"
    ENTER_DRAWS = "enter_draws"
    PROPOSE_CORRECTIONS = "propose_corrections"
    APPROVE_CORRECTIONS = "approve_corrections"
    PROPOSE_CLOSURES = "propose_closures"
    APPROVE_CLOSURES = "approve_closures"
    SEE_SETTINGS = "see_settings"
    PROPOSE_SETTINGS = "propose_settings"
    APPROVE_SETTINGS = "approve_settings"
    USE_DESK = "use_desk"
    REVEAL_NUMBERS = "reveal_numbers"
    SEE_OVERRIDES = "see_overrides"
    PROPOSE_OVERRIDES = "propose_overrides"
    APPROVE_OVERRIDES = "approve_overrides"
    SEE_ROSTERS = "see_rosters"
    KEEP_ROSTERS = "keep_rosters"
    SEE_FIGURES = "see_figures"
    SEE_GUIDES = "see_guides"
    PROPOSE_GUIDES = "propose_guides"
    APPROVE_GUIDES = "approve_guides"
    SEE_RATINGS = "see_ratings"
    ANSWER_RATINGS = "answer_ratings"
    MOVE_DATA = "move_data"
    READ_AUDIT = "read_audit"
    CHECK_FINDINGS = "check_findings"
    TAKE_OUT_LOG = "take_out_log"
    SEE_ACCOUNTS = "see_accounts"
    PROPOSE_ACCOUNTS = "propose_accounts"
    APPROVE_ACCOUNTS = "approve_accounts"


_DESK = (Role.COUNTER, Role.PLANNER, Role.APPROVER, Role.SUPERVISOR)
_STAFF = (*_DESK, Role.ADMINISTRATOR, Role.STATION, Role.EXAM_SITE)

# The permission matrix: who may do what. Whose object it is, is asked by the service.
ALLOWED: dict[Act, Predicate] = {
    Act.USE_OWN_ACCOUNT: _one_of(Role.APPLICANT, *_STAFF),
    Act.BOOK_FOR_ONESELF: _one_of(Role.APPLICANT),
    Act.BOOK_ON_BEHALF: _one_of(Role.COUNTER),
    Act.SEE_LEARNERS: _one_of(Role.COUNTER, Role.SUPERVISOR),
    Act.KEEP_LEARNER_RECORDS: _one_of(Role.COUNTER),
    Act.SEE_VEHICLES: _one_of(Role.COUNTER, Role.SUPERVISOR),
    Act.KEEP_VEHICLE_RECORDS: _one_of(Role.COUNTER),
    Act.SEE_STATION_DAY: _one_of(*_DESK, Role.STATION),
    Act.RUN_STATION: _one_of(Role.STATION),
    Act.KEEP_STATIONS: _one_of(Role.PLANNER, Role.APPROVER),
    Act.ANNOUNCE_OUTAGES: _one_of(Role.PLANNER, Role.APPROVER, Role.STATION),
    Act.SEE_PLANS: _one_of(*_DESK, Role.STATION, Role.EXAM_SITE),
    Act.PROPOSE_PLANS: _one_of(Role.PLANNER, Role.STATION, Role.EXAM_SITE),
    Act.APPROVE_PLANS: _one_of(Role.APPROVER),
    Act.SEE_ROUNDS: _one_of(*_DESK, Role.STATION, Role.EXAM_SITE),
    Act.ENTER_DRAWS: _one_of(Role.PLANNER, Role.APPROVER),
    Act.PROPOSE_CORRECTIONS: _one_of(Role.COUNTER),
    Act.APPROVE_CORRECTIONS: _one_of(Role.APPROVER),
    Act.PROPOSE_CLOSURES: _one_of(Role.PLANNER, Role.STATION, Role.EXAM_SITE),
    Act.APPROVE_CLOSURES: _one_of(Role.APPROVER),
    Act.SEE_SETTINGS: _one_of(Role.PLANNER, Role.APPROVER, Role.SUPERVISOR, Role.ADMINISTRATOR),
    Act.PROPOSE_SETTINGS: _one_of(Role.PLANNER),
    Act.APPROVE_SETTINGS: _one_of(Role.APPROVER),
    Act.USE_DESK: _one_of(Role.COUNTER, Role.SUPERVISOR),
    Act.REVEAL_NUMBERS: _one_of(Role.COUNTER, Role.SUPERVISOR),
    Act.SEE_OVERRIDES: _one_of(*_DESK),
    Act.PROPOSE_OVERRIDES: _one_of(Role.COUNTER),
    Act.APPROVE_OVERRIDES: _one_of(Role.APPROVER),
    Act.SEE_ROSTERS: _one_of(*_DESK, Role.EXAM_SITE),
    Act.KEEP_ROSTERS: _one_of(Role.EXAM_SITE),
    Act.SEE_FIGURES: _one_of(*_DESK, Role.ADMINISTRATOR),
    Act.SEE_GUIDES: _one_of(*_DESK),
    Act.PROPOSE_GUIDES: _one_of(Role.COUNTER, Role.PLANNER),
    Act.APPROVE_GUIDES: _one_of(Role.APPROVER),
    Act.SEE_RATINGS: _one_of(*_DESK),
    Act.ANSWER_RATINGS: _one_of(Role.COUNTER, Role.SUPERVISOR),
    Act.MOVE_DATA: _one_of(*_DESK, Role.STATION, Role.EXAM_SITE),
    Act.READ_AUDIT: _one_of(Role.APPROVER, Role.SUPERVISOR, Role.ADMINISTRATOR),
    Act.CHECK_FINDINGS: _one_of(Role.SUPERVISOR),
    Act.TAKE_OUT_LOG: _one_of(Role.SUPERVISOR),
    Act.SEE_ACCOUNTS: _one_of(Role.ADMINISTRATOR, Role.SUPERVISOR),
    Act.PROPOSE_ACCOUNTS: _one_of(Role.ADMINISTRATOR),
    Act.APPROVE_ACCOUNTS: _one_of(Role.SUPERVISOR),
}


def may(actor: Actor, act: Act) -> bool:
    """Say whether the role of `actor` allows `act`."""
    return ALLOWED[act](actor)
