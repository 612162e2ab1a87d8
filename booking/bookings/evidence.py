"""What a clerk who acts on behalf of somebody has seen; it stands in the log beside the act and its reason."""

from dataclasses import dataclass
from enum import StrEnum


class Paper(StrEnum):
    """What showed that the person wants it."""

    ID_ORIGINAL = "id_original"
    PHONE_CHECK = "phone_check"
    MANDATE = "mandate"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Evidence:
    """A kind of paper and a note of the clerk; without a kind it says nothing, as where the person acts alone."""

    paper: Paper | None = None
    note: str = ""

    @property
    def facts(self) -> dict[str, str]:
        """What the log keeps; nothing where nothing was shown."""
        if self.paper is None:
            return {}
        return {"paper": self.paper.value, **({"evidence": self.note} if self.note else {})}


NO_EVIDENCE = Evidence()
