"""Forms of guides and announcements: that something is there. Lengths and days are the services' question."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, Field, HiddenField, StringField, TextAreaField
from wtforms.form import BaseForm
from wtforms.validators import DataRequired, InputRequired, Length, StopValidation

from booking.guides.rules.sections import NEEDED, TITLES, Content, Section, Texts
from booking.guides.service.announcements import Text
from booking.guides.service.guides import LONGEST_REASON, LONGEST_TEXT, LONGEST_TITLE
from booking.kernel.errors import InvalidInputError, Language, Wording
from booking.web.fields import AsOnPage, DayField
from booking.web.language import TAGS, worded

WHY = (
    DataRequired(_l("Give a reason; it is kept in the log")),
    Length(max=LONGEST_REASON, message=_l("At most 500 characters; shorten the reason")),
)
REFUSED = {
    "first_day": _l("Choose today or a later day"),
    "last_day": _l("Choose a day after the first one, at most a year later"),
}
NOT_FIT = _l("This is missing or too long")
# What is typed into a field of one language is read aloud in it, whatever the page's.
IN = {language: {"lang": tag} for language, tag in TAGS.items()}


class GuideForm(AsOnPage):
    """One version of a guide: a pair of texts for each section. `seen` is the version that the clerk started from."""

    LAST = ("reason",)

    title_zh = StringField(
        _l("Title in Chinese"), [DataRequired(_l("Write a title")), Length(max=LONGEST_TITLE)], render_kw=IN["zh"]
    )
    title_en = StringField(_l("Title in English"), [Length(max=LONGEST_TITLE)], render_kw=IN["en"])
    reason = TextAreaField(_l("What is changed, and why"), WHY)
    seen = HiddenField()

    @property
    def pairs(self) -> list[tuple[str, Field, Field]]:
        """The sections' titles with their Chinese and English fields."""
        return [(worded(TITLES[one]), self[f"{one}_zh"], self[f"{one}_en"]) for one in Section]

    @property
    def seen_number(self) -> int:
        """The version that was on the page; nonsense stands for none."""
        return int(self.seen.data) if (self.seen.data or "").isdecimal() else -1

    def content(self) -> Content:
        """Return what was written."""
        title = Wording(self.title_zh.data.strip(), (self.title_en.data or "").strip())
        return Content(title, self._texts("zh"), self._texts("en"))

    def _texts(self, language: Language) -> Texts:
        written = {one: (self[f"{one}_{language}"].data or "").replace("\r\n", "\n").strip() for one in Section}
        return {section: text for section, text in written.items() if text}


class Written(InputRequired):
    """A section that no guide goes without; the sentence names it, for several can be missing at once."""

    def __init__(self, section: Section) -> None:
        super().__init__()
        self.section = section

    def __call__(self, form: BaseForm, field: Field) -> None:
        if not (field.data or "").strip():
            part = worded(TITLES[self.section])
            raise StopValidation(_("Write “%(part)s”; without it people come twice", part=part))


for _section in Section:
    _checks = [Written(_section)] if _section in NEEDED else []
    _short = Length(max=LONGEST_TEXT)
    setattr(GuideForm, f"{_section}_zh", TextAreaField(_l("In Chinese"), [*_checks, _short], render_kw=IN["zh"]))
    setattr(GuideForm, f"{_section}_en", TextAreaField(_l("In English"), [_short], render_kw=IN["en"]))


class AnnouncementForm(FlaskForm):
    """What is announced, and from when to when."""

    title_zh = StringField(
        _l("Title in Chinese"), [DataRequired(_l("Write a title")), Length(max=80)], render_kw=IN["zh"]
    )
    text_zh = TextAreaField(
        _l("Text in Chinese"), [DataRequired(_l("Write what is announced")), Length(max=2000)], render_kw=IN["zh"]
    )
    title_en = StringField(_l("Title in English"), [Length(max=120)], render_kw=IN["en"])
    text_en = TextAreaField(_l("Text in English"), [Length(max=2000)], render_kw=IN["en"])
    first_day = DayField(_l("First day"), [InputRequired(_l("Choose the first day"))])
    last_day = DayField(_l("Last day"), [InputRequired(_l("Choose the last day"))])
    is_urgent = BooleanField(_l("Urgent: shown first and marked"))

    def announced(self) -> Text:
        """Return what was written."""
        return Text(
            title_zh=self.title_zh.data.strip(),
            text_zh=self.text_zh.data.strip(),
            first_day=self.first_day.data,
            last_day=self.last_day.data,
            title_en=(self.title_en.data or "").strip(),
            text_en=(self.text_en.data or "").strip(),
            is_urgent=self.is_urgent.data,
        )


class DeclineForm(FlaskForm):
    """Why a proposal is not made public."""

    reason = TextAreaField(_l("Reason for declining"), WHY)


def guide_form(content: Content, number: int) -> GuideForm:
    """Return the form filled with a version of a guide."""
    values = {"title_zh": content.title.zh, "title_en": content.title.en, "seen": number}
    texts = {f"{one}_{code}": texts.get(one, "") for code, texts in _by_language(content) for one in Section}
    return GuideForm(data={**values, **texts})


def mark(form: FlaskForm, refusal: InvalidInputError) -> None:
    """Put what the service found wrong beside its field."""
    form[refusal.field].errors = [*form[refusal.field].errors, REFUSED.get(refusal.field, NOT_FIT)]


def _by_language(content: Content) -> list[tuple[str, Texts]]:
    return [("zh", content.zh), ("en", content.en)]
