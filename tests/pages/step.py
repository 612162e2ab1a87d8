"""A step: something that somebody does to see a page."""

from collections.abc import Callable
from dataclasses import dataclass

from werkzeug.test import TestResponse

from tests.pages.house import Visitor


@dataclass(frozen=True)
class Step:
    """What somebody does, and the view whose answer is seen in the end ("errors.404" for a page of no view)."""

    who: str
    endpoint: str
    act: Callable[[Visitor], TestResponse]
    sends: str = ""  # the view to which the last form went, if that answers with a redirect


def sees(who: str, endpoint: str, address: str) -> Step:
    """Return the step of somebody who types an address."""
    return Step(who, endpoint, lambda visitor: visitor.get(address))
