"""Rounds for everybody: the list, one round with its record and the check in the browser, the checking program."""

import hashlib
from functools import cache

from flask import Response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from booking.allotment.forms import CodeForm, RoundsForm
from booking.allotment.program import NAME, checker_program
from booking.allotment.queries import outcome
from booking.allotment.queries import rounds as queries
from booking.allotment.queries.rounds import RoundFilter
from booking.allotment.views.blueprint import bp
from booking.allotment.views.paging import beside, page_asked
from booking.allotment.views.words import day_of_form, next_step, service_choices, timeline_of, words_of_record
from booking.bookings.override_queries import overrides_in_slots
from booking.bookings.registered import all_services
from booking.kernel.db import reading
from booking.web.cache import kept_a_moment, shared_page
from booking.web.easy import look
from booking.web.guards import public
from booking.web.house import now, sessions, today

LONGEST_CODE = 80


@bp.get("/rounds/")
@public
def rounds() -> ResponseReturnValue:
    return shared_page(_rounds)


@bp.get("/rounds/<int:round_id>", endpoint="round")
@public
def one_round(round_id: int) -> ResponseReturnValue:
    return shared_page(lambda: _round(round_id))


@bp.get(f"/rounds/{NAME}")
@public
def program() -> ResponseReturnValue:
    content, digest = _program()
    response = Response(content, mimetype="application/octet-stream")
    response.headers["Content-Disposition"] = f"attachment; filename={NAME}"
    response.headers["Cache-Control"] = "public, no-cache"
    response.set_etag(digest)
    return response.make_conditional(request)


def _rounds() -> str:
    """Render the frame of whoever reads; what stands in it is the same for all, and kept a moment."""
    content = kept_a_moment(("rounds", look(), request.full_path), _list)
    return render_template("allotment/rounds.html", content=content)


def _round(round_id: int) -> str:
    content = kept_a_moment(("round", look(), request.full_path), lambda: _content(round_id))
    return render_template("allotment/round.html", content=content)


def _list() -> str:
    form = RoundsForm(request.args)
    form.service.choices = service_choices()
    form.service.data = form.service.data if form.service.data in all_services() else ""
    is_past = request.args.get("past") == "1"
    chosen = RoundFilter(form.service.data or None, day_of_form(form), is_past)
    with reading(sessions()) as session:
        found, has_more = queries.rounds_page(session, chosen, today=today(), page=page_asked())
    return render_template(
        "allotment/rounds_list.html",
        rounds=[(line, next_step(line)) for line in found],
        form=form,
        is_past=is_past,
        is_chosen=chosen.service is not None or chosen.day is not None,
        other=url_for("allotment.rounds", service=chosen.service, past=None if is_past else 1),
        beside=beside("service", "day", "past", has_more=has_more),
        now=now(),
    )


def _content(round_id: int) -> str:
    asked = (request.args.get("leaf") or request.args.get("row") or "").strip()[:LONGEST_CODE]
    slot_id = request.args.get("slot", type=int)
    with reading(sessions()) as session:
        shown = queries.round_shown(session, round_id)
        chosen = next((slot for slot in shown.slots if slot.id == slot_id), None)
        granted, more_granted = outcome.granted_page(
            session, round_id, slot_id=chosen.id if chosen else None, page=page_asked()
        )
        queue, more_waiting = outcome.queue_page(session, round_id, page=page_asked("queue"))
        code = outcome.find_code(session, round_id, asked) if asked else None
        lifted = overrides_in_slots(session, [slot.id for slot in shown.slots])
    return render_template(
        "allotment/round_content.html",
        round=shown,
        line=shown.line,
        state=shown.line.state(now()),
        overrides=len(lifted),
        steps=timeline_of(shown.line),
        next_step=next_step(shown.line),
        chosen=chosen,
        granted=granted,
        beside_granted=beside("slot", "queue", has_more=more_granted, anchor="granted"),
        queue=queue,
        beside_queue=beside("slot", "page", has_more=more_waiting, name="queue", anchor="queue"),
        form=CodeForm(data={"leaf": asked}),
        asked=asked,
        shown=tuple(request.args),
        code=code,
        words=words_of_record(shown.slots),
        record_url=url_for("api.record", round_id=round_id),
        leaves_url=url_for("api.leaves", round_id=round_id),
        program_hash=_program()[1],
        now=now(),
    )


@cache
def _program() -> tuple[bytes, str]:
    """Return the checking program with its SHA-256; its sources do not change while the application runs."""
    content = checker_program()
    return content, hashlib.sha256(content).hexdigest()
