"""Asking in three steps that work without scripts: choose, put in order, check. The address holds what was chosen.

So Back always works, and nothing is stored before the last button. One flow serves learner and clerk, for a new
request and for a changed one.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from booking.accounts.queries import MaskedPerson
from booking.allotment.errors import (
    AlreadyAskedError,
    NoWishError,
    RequestRefusedError,
    RoundClosedError,
    TooManyWishesError,
    UnfitWishError,
)
from booking.allotment.queries.requests import ShownRequest, live_requests, reference_by_key, wishes_shown
from booking.allotment.service import requests
from booking.allotment.service.requests import Asked
from booking.allotment.service.wishes import open_choices, require_fit, require_open
from booking.bookings.evidence import NO_EVIDENCE
from booking.bookings.models import BookingChannel
from booking.exams.forms import WishesForm, WishesOnBehalfForm
from booking.exams.line import EXAMS
from booking.exams.views import preview
from booking.exams.views.path import explained
from booking.exams.views.preview import wish_of
from booking.exams.views.refused import CONFLICT, SEE_OTHER, UNPROCESSABLE
from booking.kernel.calendar import local_day
from booking.kernel.db import reading, unit_of_work
from booking.kernel.errors import ConflictError
from booking.kernel.ids import PersonId
from booking.kernel.secrets import new_token
from booking.policies import queries as policies
from booking.web.house import actor, now, sessions
from booking.web.language import worded

CHOOSE, ORDER, CHECK = "choose", "order", "check"


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks for what, where the three steps are, and where they lead. `request` is the one being changed."""

    person_id: PersonId
    subject: str
    here: str
    back: str
    shown: Callable[[str], str]  # of a reference
    form: type[WishesForm] = WishesForm
    person: MaskedPerson | None = None  # whom a clerk acts for
    request: ShownRequest | None = None
    done: Callable[[str], str] | None = None  # where it leads when it is stored, if not to the request


def step_page(asking: Asking) -> ResponseReturnValue:
    """Show the step that the address asks for; what is wrong with the wishes is said at them."""
    form = _form_of_address(asking)
    step = (request.args.getlist("step") or [CHOOSE])[-1]  # a button's comes behind the form's own
    return _page(asking, form, step if step in (ORDER, CHECK) else CHOOSE)


def sent(asking: Asking) -> ResponseReturnValue:
    """Store what was asked, or say why not; the form stays as it was sent."""
    form = asking.form(data={"notice_hours": _stored(asking)["notice_hours"]})
    if not form.validate_on_submit():
        return _page(asking, form, ORDER if form.notice_hours.errors else CHECK)
    try:
        asked = _asked(asking, form)
        reference = _store(asking, form, asked)
    except (UnfitWishError, RoundClosedError) as error:
        return _page(asking, form, CHECK, worded(error.wording))
    except RequestRefusedError as error:
        return _refused(asking, asked, error)
    except ConflictError as error:
        return _met(asking, asked, error)
    return redirect((asking.done or asking.shown)(reference), SEE_OTHER)


def in_order(args: "MultiDict[str, str]") -> list[str]:
    """Return the wishes of an address: those chosen earlier keep their order, and one of them may be moved."""
    wishes, earlier = args.getlist("wish"), args.getlist("was")
    codes = [code for code in earlier if code in wishes] + [code for code in wishes if code not in earlier]
    for move in ("up", "down", "drop"):
        place = args.get(move, "")
        if place.isascii() and place.isdecimal() and int(place) < len(codes):
            code = codes.pop(int(place))
            if move != "drop":
                codes.insert(max(int(place) + (1 if move == "down" else -1), 0), code)
    return codes


def _form_of_address(asking: Asking) -> WishesForm:
    """Return the form as the address has it; a bare address starts with the request as it is."""
    stored, args = _stored(asking), MultiDict(request.args)
    if not args:
        return asking.form(None, meta={"csrf": False}, data=stored)
    args.setlist("wish", in_order(request.args))
    form = asking.form(args, meta={"csrf": False}, data=stored)
    if not form.has_known_notice:
        form.notice_hours.data = stored["notice_hours"]
    return form


def _stored(asking: Asking) -> dict[str, object]:
    """Return the request as it is, or what a new one starts with."""
    known = asking.request
    with reading(sessions()) as session:
        if known is None:
            return {"notice_hours": policies.all_values(session, local_day(now())).number("rounds.late_hours")}
        wishes = [wish.code for wish in wishes_shown(session, known.id)]
    return {
        "wish": wishes,
        "carry_on": known.carry_on,
        "notice_hours": known.notice_hours,
        "version": known.version,
    }


def _page(asking: Asking, form: WishesForm, step: str, problem: str = "") -> ResponseReturnValue:
    codes: Sequence[str] = form.wish.data or ()
    check = None
    with reading(sessions()) as session:
        offer = preview.offer(session, asking.person_id, asking.subject, codes, now=now())
        if step != CHOOSE and not problem:
            step, problem = _judged(session, asking, form, step)
        if step == CHECK and not problem:
            given = (asking.person_id, asking.subject, codes, offer)
            check = preview.check(session, *given, request=asking.request, now=now())
    if problem:
        form.wish.errors = [problem]
        step = CHOOSE if step == CHOOSE else ORDER
    form.request_key.data = form.request_key.data or new_token()
    page = render_template(f"exams/wishes_{step}.html", asking=asking, form=form, offer=offer, check=check)
    return page, UNPROCESSABLE if form.errors else 200


def _judged(session: Session, asking: Asking, form: WishesForm, step: str) -> tuple[str, str]:
    """Return the step to show and what is wrong with the wishes, "" if nothing is."""
    try:
        wishes = [wish_of(code) for code in form.wish.data or ()]
        require_fit(session, EXAMS, asking.subject, wishes, now=now())
        choices = open_choices(session, EXAMS, asking.subject, now=now())
        require_open(wishes, choices, waits=form.carry_on.data)
    except UnfitWishError as error:
        return CHOOSE if isinstance(error, (NoWishError, TooManyWishesError)) else ORDER, worded(error.wording)
    return step, ""


def _asked(asking: Asking, form: WishesForm) -> Asked:
    at_desk = form if isinstance(form, WishesOnBehalfForm) else None
    return Asked(
        asking.person_id,
        EXAMS.holder(asking.person_id),
        asking.subject,
        [wish_of(code) for code in form.wish.data or ()],
        form.request_key.data or new_token(),
        carry_on=form.carry_on.data,
        notice_hours=form.notice_hours.data,
        channel=at_desk.channel if at_desk else BookingChannel.INTERNET,
        reason=at_desk.reason.data if at_desk else "",
        evidence=at_desk.shown if at_desk else NO_EVIDENCE,
    )


def _store(asking: Asking, form: WishesForm, asked: Asked) -> str:
    with unit_of_work(sessions()) as session:
        if asking.request is None:
            return requests.ask(session, EXAMS, asked, actor=actor(), now=now())
        reference, version = asking.request.reference, form.version.data or 0
        requests.change(session, EXAMS, reference, asked, version=version, actor=actor(), now=now())
        return reference


def _refused(asking: Asking, asked: Asked, error: RequestRefusedError) -> ResponseReturnValue:
    """Write the refusal into the record, so that nobody is turned away unseen, and show every reason.

    Of somebody who stands in the round already nothing is written, nor into a list that was sealed this moment.
    """
    with suppress(RoundClosedError), unit_of_work(sessions()) as session:
        requests.note_refusal(session, EXAMS, asked, error.round_id, error.reasons, now=now())
    again = f"{asking.here}?{urlencode([('wish', code) for code in request.form.getlist('wish')])}"
    is_new = asking.request is None
    page = {"refusals": explained(error.reasons), "round_id": error.round_id, "again": again, "is_new": is_new}
    return render_template("exams/wishes_refused.html", asking=asking, **page), UNPROCESSABLE


def _met(asking: Asking, asked: Asked, error: ConflictError) -> ResponseReturnValue:
    """Answer what met another click or another person: the request there is leads on."""
    with reading(sessions()) as session:
        made = reference_by_key(session, asking.person_id, asked.request_key)
        known = live_requests(session, EXAMS.holder(asking.person_id)).get(asking.subject)
    if made:
        return redirect(asking.shown(made), SEE_OTHER)
    if not isinstance(error, AlreadyAskedError) or known is None:
        raise error
    page = render_template("exams/asked_already.html", asking=asking, href=asking.shown(known))
    return page, CONFLICT
