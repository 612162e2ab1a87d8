"""Forms of staff accounts: the second factor, a new password by key, resets. They check shape only."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import Field, PasswordField, RadioField, SelectChoice, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, Regexp

from booking.accounts.forms import ENTER_PASSWORD, NEW_PASSWORD, REPEATED, refuse_weak, stripped
from booking.accounts.models import ResetOf
from booking.accounts.rules import LEAST_STAFF, MOST
from booking.accounts.service.resets import LONGEST_REASON

LONGEST_CODE = 40  # with blanks and hyphens, as people write it down
RESETS = {
    ResetOf.FACTOR: _l("second factor: the phone is lost, and the recovery codes too"),
    ResetOf.PASSWORD: _l("password: it is forgotten"),
}
REASON = [
    DataRequired(_l("Enter the reason; it stands in the log")),
    Length(max=LONGEST_REASON, message=_l("At most 500 characters; shorten the reason")),
]


class AppCodeForm(FlaskForm):
    """Six digits from the authenticator app; apps show them with a blank in the middle."""

    code = StringField(
        _l("Code from the app"),
        [
            InputRequired(_l("Enter the six digits that the app shows now")),
            Regexp(r"^\d{6}$", message=_l("The code has six digits")),
        ],
        filters=[lambda text: "".join((text or "").split())],
    )


class RecoveryForm(FlaskForm):
    """One of the codes on paper."""

    code = StringField(
        _l("Recovery code"),
        [InputRequired(_l("Enter one of your recovery codes")), Length(max=LONGEST_CODE)],
        filters=[stripped],
    )


class FactorForm(FlaskForm):
    """The password, and where there is a second factor a code, before another is set up."""

    current = PasswordField(_l("Your password"), [InputRequired(ENTER_PASSWORD), Length(max=MOST)])
    code = StringField(
        _l("Code from the app, or a recovery code"),
        [InputRequired(_l("Enter the six digits that the app shows now")), Length(max=LONGEST_CODE)],
        filters=[stripped],
    )


class FirstFactorForm(FlaskForm):
    """The password, before the first second factor is set up."""

    current = PasswordField(_l("Your password"), [InputRequired(ENTER_PASSWORD), Length(max=MOST)])


class KeyForm(FlaskForm):
    """The key from the text message, and a new password."""

    login = StringField(
        _l("Login name"), [InputRequired(_l("Enter your login name")), Length(max=60)], filters=[stripped]
    )
    key = StringField(
        _l("Key from the text message"),
        [InputRequired(_l("Enter the key from the text message")), Length(max=LONGEST_CODE)],
        filters=[stripped],
    )
    password = PasswordField(_l("New password"), NEW_PASSWORD)
    repeated = PasswordField(_l("New password once more"), REPEATED)

    def validate_password(self, field: Field) -> None:
        refuse_weak(field, LEAST_STAFF, names=[self.login.data or ""], numbers=())


class ResetProposalForm(FlaskForm):
    """What is to be set back, and why."""

    what = RadioField(
        _l("What is to be set back"),
        [InputRequired(_l("Choose what is to be set back"))],
        choices=[SelectChoice(what.value, words) for what, words in RESETS.items()],
    )
    reason = TextAreaField(_l("Reason"), REASON, filters=[stripped])


class ResetDeclineForm(FlaskForm):
    """Why a reset is declined."""

    reason = TextAreaField(_l("Why it is declined"), REASON, filters=[stripped])


class ConfirmForm(FlaskForm):
    """Do what the page says."""
