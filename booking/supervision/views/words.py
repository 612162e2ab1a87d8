"""What subjects are called on pages: staff by name, everybody else by number, a phone by its keyed hash."""

from collections.abc import Collection, Mapping

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from booking.kernel.errors import NotFoundError, Wording
from booking.supervision.queries.names import Named, named_accounts
from booking.supervision.rules.catalogue import BY_CODE, DRAW, Rule
from booking.supervision.views.blueprint import bp
from booking.web.language import worded
from booking.web.words import ROLES, service_called

NUMBERED = {
    "person": Wording("第 {number} 号人员", "Person {number}"),
    "vehicle": Wording("第 {number} 号车辆", "Vehicle {number}"),
    "account": Wording("第 {number} 号账户", "Account {number}"),
    "booking": Wording("第 {number} 号预约", "Booking {number}"),
    "phone": Wording("电话指纹 {number}", "Phone with the hash {number}"),
}


class Subjects:
    """Calls subjects by what they are; the names of staff are read once."""

    def __init__(self, session: Session, subjects: Collection[str]) -> None:
        self._accounts: Mapping[str, Named] = named_accounts(session, subjects)

    def __call__(self, subject: str) -> str:
        """Return what a subject is called: "account:7", "person:12/subject_2", "phone:3f9a"."""
        account = self._accounts.get(subject)
        if account and account.name:
            return f"{account.name} ({account.login})" if account.login else account.name
        whole, _slash, service = subject.partition("/")
        kind, _colon, number = whole.partition(":")
        called = worded(NUMBERED[kind], {"number": number}) if kind in NUMBERED else subject
        return f"{called} · {worded(service_called(service))}" if service else called

    def role(self, subject: str) -> str:
        """Return the role of an account in words; "" for what is none."""
        account = self._accounts.get(subject)
        return str(ROLES[account.role.value]) if account else ""


def the_rule(code: str) -> Rule:
    """Return the rule with a code; raise `NotFoundError`."""
    if code not in BY_CODE:
        raise NotFoundError
    return BY_CODE[code]


@bp.app_template_filter("rule_called")
def rule_called(code: str) -> str:
    """Return what a rule, or a drawn case, is called."""
    return str(_("Drawn at random")) if code == DRAW else worded(the_rule(code).name)
