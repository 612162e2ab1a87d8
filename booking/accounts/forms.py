"""Forms of accounts. They check shape: whether it is allowed is the services' question."""

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateField, Field, PasswordField, RadioField, SelectChoice, SelectField, StringField
from wtforms.validators import EqualTo, InputRequired, Length, Optional, Regexp, ValidationError

from booking.accounts.rules import LEAST_APPLICANT, LEAST_STAFF, MOST, Weakness, weakness
from booking.kernel.actors import Role
from booking.kernel.identifiers import (
    EARLIEST_BIRTH,
    IdDocument,
    IdType,
    InvalidIdentifierError,
    id_document,
    mobile_number,
)
from booking.web.house import today

DOCUMENTS = [
    SelectChoice(IdType.RESIDENT.value, _l("Resident identity card")),
    SelectChoice(IdType.RESIDENCE_PERMIT.value, _l("Residence permit of Hong Kong, Macao or Taiwan residents")),
    SelectChoice(IdType.FOREIGN.value, _l("Passport, travel permit or permanent-residence card")),
    SelectChoice(IdType.TEMPORARY.value, _l("Temporary identity card")),
    SelectChoice(IdType.OFFICER.value, _l("Officer's card")),
    SelectChoice(IdType.SOLDIER.value, _l("Soldier's card")),
    SelectChoice(IdType.DIPLOMAT.value, _l("Diplomat's card")),
]
LANGUAGES = [SelectChoice("zh", "中文"), SelectChoice("en", "English")]
NUMBER_PROBLEMS = {
    "shape": _l("This number has too few or too many characters for its kind of document"),
    "date": _l("The birth date in this number cannot be; please compare it with the card"),
    "check_digit": _l("One character of this number is wrong; please compare it with the card"),
}
WEAKNESSES = {
    Weakness.SHORT: _l("This password is too short; it needs %(least)s characters or more"),
    Weakness.LONG: _l("This password is too long; %(most)s characters are enough"),
    Weakness.COMMON: _l("This password is one of those that are tried first; please choose another"),
    Weakness.PERSONAL: _l("Your name or a piece of your number stands in this password; please choose another"),
}
ENTER_PASSWORD = _l("Enter your password")
NEW_PASSWORD = [InputRequired(_l("Choose a password"))]
REPEATED = [EqualTo("password", _l("The two passwords are not the same; enter both again"))]
CODE = [
    InputRequired(_l("Enter the code from the text message")),
    Regexp(r"^\s*\d{6}\s*$", message=_l("The code has six digits")),
]


def stripped(text: str | None) -> str:
    """Return what was typed without the blanks around it."""
    return (text or "").strip()


def weakness_text(problem: Weakness, least: int) -> str:
    """Say what is wrong with a password."""
    return str(WEAKNESSES[problem]) % {"least": least, "most": MOST}


def least_for(role: Role) -> int:
    """Return the least length of a password for a role."""
    return LEAST_APPLICANT if role is Role.APPLICANT else LEAST_STAFF


class PhoneField(StringField):
    """A mainland mobile number; `data` is eleven digits once it has been accepted."""

    data: str

    def pre_validate(self, form: FlaskForm) -> None:
        try:
            self.data = mobile_number(self.data or "")
        except InvalidIdentifierError as failure:
            raise ValidationError(_l("A mobile number has 11 digits and begins with 13 to 19")) from failure


class SignInForm(FlaskForm):
    """Login and password."""

    login = StringField(
        _l("Mobile number or document number"),
        [InputRequired(_l("Enter your mobile number or document number")), Length(max=60)],
        filters=[stripped],
    )
    password = PasswordField(_l("Password"), [InputRequired(ENTER_PASSWORD), Length(max=MOST)])


class DetailsForm(FlaskForm):
    """Who registers. `document` is there once the form has been accepted."""

    document: IdDocument

    name = StringField(
        _l("Name"),
        [InputRequired(_l("Enter your name as it stands in your document")), Length(max=60)],
        filters=[stripped],
    )
    id_type = SelectField(_l("Kind of document"), choices=DOCUMENTS)
    id_number = StringField(
        _l("Number of the document"), [InputRequired(_l("Enter the number of your document"))], filters=[stripped]
    )
    born_on = DateField(_l("Date of birth"), [Optional()])
    phone = PhoneField(_l("Mobile number"))
    password = PasswordField(_l("Password"), NEW_PASSWORD)
    repeated = PasswordField(_l("Password once more"), REPEATED)

    def validate_id_number(self, field: Field) -> None:
        if self.id_type.errors:
            return
        try:
            self.document = id_document(IdType(self.id_type.data), field.data, today=today())
        except InvalidIdentifierError as failure:
            raise ValidationError(NUMBER_PROBLEMS[failure.problem]) from failure
        self.born_on.data = self.document.born_on or self.born_on.data

    def validate_password(self, field: Field) -> None:
        numbers = (self.phone.data or "", self.id_number.data or "")
        refuse_weak(field, LEAST_APPLICANT, names=[self.name.data or ""], numbers=numbers)

    def validate(self, extra_validators: dict[str, list[object]] | None = None) -> bool:
        fits: bool = super().validate(extra_validators)
        if born_on_problem := self._born_on_problem():
            self.born_on.errors = [born_on_problem]
            return False
        return fits

    def _born_on_problem(self) -> LazyString | None:
        born_on = self.born_on.data
        if self.born_on.errors or self.id_number.errors or self.id_type.errors:
            return None
        if born_on is None:
            return _l("Enter your date of birth: the number of this document does not hold it")
        return None if EARLIEST_BIRTH <= born_on <= today() else _l("This date of birth cannot be")


class CodeForm(FlaskForm):
    """The code from a text message."""

    code = StringField(_l("Code from the text message"), CODE, filters=[stripped])


class ForgottenForm(FlaskForm):
    """Whose password is forgotten."""

    id_number = StringField(
        _l("Number of your document"), [InputRequired(_l("Enter the number of your document"))], filters=[stripped]
    )
    phone = PhoneField(_l("Mobile number"))


class ResetForm(FlaskForm):
    """The code, and the new password; who it is, is known only after the code."""

    code = StringField(_l("Code from the text message"), CODE, filters=[stripped])
    password = PasswordField(_l("New password"), NEW_PASSWORD)
    repeated = PasswordField(_l("New password once more"), REPEATED)

    def validate_password(self, field: Field) -> None:
        refuse_weak(field, LEAST_APPLICANT, names=[], numbers=())


class PasswordForm(FlaskForm):
    """The old and the new password of somebody signed in."""

    current = PasswordField(_l("Present password"), [InputRequired(ENTER_PASSWORD), Length(max=MOST)])
    password = PasswordField(_l("New password"), NEW_PASSWORD)
    repeated = PasswordField(_l("New password once more"), REPEATED)
    least: int = LEAST_APPLICANT
    names: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()

    def validate_password(self, field: Field) -> None:
        refuse_weak(field, self.least, names=self.names, numbers=self.numbers)


class PhoneForm(FlaskForm):
    """A new mobile number, confirmed by the password."""

    phone = PhoneField(_l("New mobile number"))
    current = PasswordField(_l("Your password"), [InputRequired(ENTER_PASSWORD), Length(max=MOST)])


class LanguageForm(FlaskForm):
    """The language of messages."""

    language = RadioField(
        _l("Language of messages"), choices=[SelectChoice("zh", "中文"), SelectChoice("en", "English")]
    )


def refuse_weak(field: Field, least: int, *, names: list[str] | tuple[str, ...], numbers: tuple[str, ...]) -> None:
    """Raise what the form shows when a password is too weak."""
    if (problem := weakness(field.data, least=least, names=names, numbers=numbers)) is not None:
        raise ValidationError(weakness_text(problem, least))
