"""The sections that every guide answers (State Council Order 716, art. 6: guides are public), and its whole text."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from booking.kernel.errors import Language, Wording


class Section(StrEnum):
    """What a guide tells, in this order."""

    WHO = "who"
    BASIS = "basis"
    CONDITIONS = "conditions"
    MATERIALS = "materials"
    FEE = "fee"
    TIME_LIMIT = "time_limit"
    FLOW = "flow"
    FORMS = "forms"
    COMPLAINTS = "complaints"


TITLES: Mapping[Section, Wording] = {
    Section.WHO: Wording("谁可以办", "Who it is for"),
    Section.BASIS: Wording("办理依据", "Legal basis"),
    Section.CONDITIONS: Wording("办理条件", "Conditions"),
    Section.MATERIALS: Wording("需要的材料", "What to bring"),
    Section.FEE: Wording("收费", "Fee"),
    Section.TIME_LIMIT: Wording("办理时限", "How long it takes"),
    Section.FLOW: Wording("办理流程", "Step by step"),
    Section.FORMS: Wording("表格和样例", "Forms and examples"),
    Section.COMPLAINTS: Wording("咨询和投诉", "Questions and complaints"),
}
# Without these a guide would send somebody home for a second visit (一次性告知, Licensing Law art. 32).
NEEDED = (Section.WHO, Section.BASIS, Section.MATERIALS, Section.FLOW, Section.COMPLAINTS)

Texts = Mapping[Section, str]


@dataclass(frozen=True, slots=True)
class Content:
    """All of a guide. English may be missing, as a whole or in parts: Chinese then stands in."""

    title: Wording
    zh: Texts
    en: Texts

    def text(self, section: Section, language: Language) -> str:
        """Return the text of a section, "" where the guide has nothing to say of it."""
        own = self.en.get(section, "") if language == "en" else ""
        return own or self.zh.get(section, "")

    def titled(self, language: Language) -> str:
        """Return the title."""
        return (self.title.en if language == "en" else "") or self.title.zh

    def as_json(self) -> dict[str, dict[str, str]]:
        """Return what is stored."""
        return {
            "title": {"zh": self.title.zh, "en": self.title.en},
            "zh": {section.value: text for section, text in self.zh.items()},
            "en": {section.value: text for section, text in self.en.items()},
        }


def content_of(stored: Mapping[str, Mapping[str, str]]) -> Content:
    """Return the content of what `as_json` stored."""
    title = stored["title"]

    def texts(language: Language) -> Texts:
        return {Section(code): text for code, text in stored[language].items()}

    return Content(Wording(title["zh"], title["en"]), texts("zh"), texts("en"))


def missing(content: Content) -> Sequence[Section]:
    """Return the sections that may not be empty and are."""
    return [section for section in NEEDED if not content.zh.get(section, "").strip()]


@dataclass(frozen=True, slots=True)
class Change:
    """One section before and after; `section` None stands for the title."""

    section: Section | None
    language: Language
    before: str
    after: str


def changes(before: Content, after: Content) -> Iterator[Change]:
    """Yield what differs between two versions, titles first, Chinese before English."""
    languages: tuple[Language, Language] = ("zh", "en")
    for language in languages:
        old, new = getattr(before.title, language), getattr(after.title, language)
        if old != new:
            yield Change(None, language, old, new)
    for section in Section:
        for language in languages:
            old, new = (getattr(one, language).get(section, "") for one in (before, after))
            if old != new:
                yield Change(section, language, old, new)
