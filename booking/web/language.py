"""Chinese first, English by switch; and how days, hours, numbers and lists are written in both."""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, Protocol

from babel.support import NullTranslations, Translations
from flask import Flask, has_request_context, request
from flask_babel import Babel, format_date
from flask_babel import lazy_gettext as _l
from jinja2 import pass_context
from markupsafe import Markup
from wtforms.i18n import messages_path

from booking.kernel.calendar import LOCAL, ONE_DAY, local_day
from booking.kernel.errors import Language, Wording

COOKIE = "language"
LOCALES: dict[Language, str] = {"zh": "zh", "en": "en"}
TAGS: dict[Language, str] = {"zh": "zh-Hans-CN", "en": "en"}
DAY = {"zh": "M月d日（EEEE）", "en": "EEE d MMM"}
DATE_ONLY = {"zh": "y年M月d日", "en": "d MMMM y"}
SHORT_DAY = {"zh": "M月d日", "en": "d MMM"}
MONTH = {"zh": "y年M月", "en": "MMM y"}
SHORT_DATE = {"zh": "y年M月d日", "en": "d MMM y"}  # where two stand side by side on a phone
FULL_DAY = {"zh": "y年M月d日（EEEE）", "en": "EEE d MMM y"}
JOINER = "\u2060"  # unseen and unread; no line breaks beside it
BETWEEN = {"zh": "、", "en": ", "}
CHINESE = re.compile(r"[\u4e00-\u9fff]")
# Chinese words with the digits and capitals that belong to them: plates, the numbers of lanes.
RUN = re.compile(r"([0-9A-Z·*]*[\u4e00-\u9fff][\u2014\u2018-\u2026\u3000-\u303f\u4e00-\u9fff\uff00-\uffef0-9A-Z·*]*)")
TIE = re.compile(r"(?<=\d)[-–](?=\d)")
WORD = re.compile(r"(?<![\w.])[A-Za-z][a-z]{2}")
ENGLISH = re.compile(r"[A-Za-z]{2,} [A-Za-z]{2,}")
CATALOGUES = Path(__file__).parent / "translations"
CHOOSE = _l("Choose one of these")
NOT_CHOSEN = ("Not a valid choice.", "Invalid Choice: could not coerce.")


class Explained(Protocol):
    """Anything with a reason that people read, and what was written of it in English, "" for nothing."""

    @property
    def reason(self) -> str: ...
    @property
    def reason_en(self) -> str: ...


class Window(Protocol):
    """Anything with a beginning and an end."""

    @property
    def starts_at(self) -> datetime: ...
    @property
    def ends_at(self) -> datetime: ...


def language() -> Language:
    """Return the language of this request: the reader's choice, else Chinese."""
    return "en" if has_request_context() and request.cookies.get(COOKIE) == "en" else "zh"


def worded(wording: Wording, facts: Mapping[str, object] | None = None) -> str:
    """Return a wording in the reader's language."""
    return (wording.zh if language() == "zh" else wording.en).format_map(facts or {})


def day(value: date) -> str:
    """Write a local day: 12月1日（星期二）, Tue 1 Dec."""
    return str(format_date(value, DAY[language()], rebase=False))


def full_day(value: date) -> str:
    """Write a local day with its year."""
    return str(format_date(value, FULL_DAY[language()], rebase=False))


def short_day(value: date) -> str:
    """Write a day whose weekday and year are known: 12月1日, 1 Dec."""
    return str(format_date(value, SHORT_DAY[language()], rebase=False))


def date_only(value: date) -> str:
    """Write a day of long ago, whose weekday nobody asks: 1990年3月7日, 7 March 1990."""
    return str(format_date(value, DATE_ONLY[language()], rebase=False))


def short_date(value: date) -> str:
    """Write a date for the axis of a chart: 2026年12月1日, 1 Dec 2026."""
    return str(format_date(value, SHORT_DATE[language()], rebase=False))


def month(value: date) -> str:
    """Write the month of a day: 2026年12月, Dec 2026."""
    return str(format_date(value, MONTH[language()], rebase=False))


def clock(instant: datetime) -> str:
    """Write the wall-clock time of an instant at the office: 08:30."""
    return instant.astimezone(LOCAL).strftime("%H:%M")


def span(window: Window) -> str:
    """Write a window of one day, which no line breaks: 08:30–09:30."""
    return whole(f"{clock(window.starts_at)}–{clock(window.ends_at)}")


def day_span(window: Window) -> str:
    """Write a window with its day: 12月1日（星期二）08:30–09:30, Tue 1 Dec 08:30–09:30."""
    return _at(day(local_day(window.starts_at)), span(window))


def full_day_span(window: Window) -> str:
    """Write a window with its day and year."""
    return _at(full_day(local_day(window.starts_at)), span(window))


def moment(instant: datetime) -> str:
    """Write an instant as day and hour at the office: 12月1日（星期二）08:30, Tue 1 Dec 08:30."""
    return _at(day(local_day(instant)), clock(instant))


def full_moment(instant: datetime) -> str:
    """Write an instant with its year: what is kept for years is read without knowing when it was."""
    return _at(full_day(local_day(instant)), clock(instant))


def until(instant: datetime) -> str:
    """Write a deadline; midnight is the end of the day before: 12月7日（星期一）24:00."""
    if instant.astimezone(LOCAL).time() == time.min:
        return _at(day(local_day(instant) - ONE_DAY), "24:00")
    return moment(instant)


def _at(written: str, hour: str) -> str:
    """Set an hour after its day; the bracket that ends a Chinese day keeps them apart already."""
    return f"{written}{hour}" if written.endswith("）") else f"{written} {hour}"


def percent(share: Decimal | None) -> str:
    """Write a share that is already in percent with two decimals; a dash where there is none."""
    return "—" if share is None else f"{share:.2f} %"


def number(value: object) -> object:
    """Write a whole number with its thousands apart, 25,464, and leave everything else as it is."""
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else value


def listed(words: Iterable[object]) -> str:
    """Write several words one after the other: 甲、乙 and A, B."""
    return BETWEEN[language()].join(str(word) for word in words)


def whole(text: str) -> str:
    """Keep telephone numbers and spans of hours on one line where they are shown; what is sent stays as it is."""
    return TIE.sub(rf"{JOINER}\g<0>{JOINER}", text)


def foreign(text: str) -> str:
    """Return the language tag of what somebody typed in another language than the page's, else nothing.

    Chinese with some Latin letters in it is Chinese; English is two words at least, so that no code is taken for it.
    """
    written: Language = "zh" if CHINESE.search(text) else "en" if ENGLISH.search(text) else language()
    return "" if written == language() else TAGS[written]


def spoken(text: object) -> object:
    """Mark what was typed in another language than the page's, so that it is read aloud in its own.

    A sentence in English around Chinese words keeps its own language, and only those words are marked. What holds
    elements already is left to whoever made them.
    """
    if not isinstance(text, str) or (isinstance(text, Markup) and "<" in text) or not (tag := foreign(text)):
        return text
    if tag == TAGS["zh"] and WORD.search(text):
        parts = [(type(text)(part), CHINESE.search(part)) for part in RUN.split(text)]
        return Markup("").join(_marked(part, tag) if is_chinese else part for part, is_chinese in parts)
    return _marked(text, tag)


def reason(explained: Explained) -> object:
    """Write a reason in the reader's language where there are words of it; else the Chinese ones, marked so."""
    return spoken(explained.reason_en if language() == "en" and explained.reason_en else explained.reason)


def _marked(text: str, tag: str) -> Markup:
    return Markup('<span lang="{}">{}</span>').format(tag, text)


def add_filter(app: Flask, filter_: Callable[[Any], object], name: str) -> None:
    """Add a filter whose words depend on the reader.

    It asks for the context only so that Jinja does not fold it on a literal, in whichever language came first.
    """
    app.add_template_filter(pass_context(lambda context, value: filter_(value)), name)


FILTERS: tuple[Callable[[Any], object], ...] = (
    day,
    full_day,
    short_day,
    date_only,
    month,
    clock,
    span,
    day_span,
    full_day_span,
    moment,
    full_moment,
    until,
    percent,
    number,
    listed,
    whole,
    spoken,
    reason,
    worded,
)


class FormWords(Translations):
    """What WTForms says by itself, but in plain words where nothing was chosen, or what is not offered."""

    def ugettext(self, message: str) -> str:
        """Say a sentence in the reader's language."""
        return str(CHOOSE) if message in NOT_CHOSEN else str(self.gettext(message))


@cache
def _form_words(code: Language) -> NullTranslations:
    return FormWords.load(messages_path(), [LOCALES[code]], domain="wtforms")


def install(app: Flask) -> None:
    """Give the application its catalogues (one for each feature) and its filters."""
    domains = sorted(path.stem for path in (CATALOGUES / "zh" / "LC_MESSAGES").glob("*.po"))
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = ";".join([str(CATALOGUES)] * len(domains))
    app.config["BABEL_DOMAIN"] = ";".join(domains)
    Babel(app, default_locale="zh", default_timezone="Asia/Shanghai", locale_selector=lambda: LOCALES[language()])
    for filter_ in FILTERS:
        add_filter(app, filter_, filter_.__name__)
    # flask_wtf keeps its catalogue on the request, and would read the file anew for each form.
    app.before_request(lambda: setattr(request, "wtforms_translations", _form_words(language())))
    app.context_processor(lambda: {"language": language(), "language_tag": TAGS[language()]})
