"""The log as a file. Each row says who took it out, when and why; the log keeps that it was done."""

from collections.abc import Iterator
from typing import BinaryIO

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from booking.audit.forms import LogForm
from booking.audit.queries import Entry
from booking.audit.words import ACTS, KINDS, changes
from booking.kernel.actors import Act
from booking.kernel.db import unit_of_work
from booking.kernel.errors import NotFoundError
from booking.kernel.tables import write_csv_file
from booking.kernel.workbooks import MEDIA_TYPE, write_workbook
from booking.supervision.forms import TakeOutForm
from booking.supervision.service.taking_out import MOST_ENTRIES, TakenOut, take_out
from booking.supervision.views.blueprint import UNPROCESSABLE, bp
from booking.web.downloads import sent_once
from booking.web.guards import may
from booking.web.house import actor, me, now, sessions
from booking.web.language import moment
from booking.web.words import ROLES

Row = tuple[str | int, ...]
COLUMNS = 10


@bp.get("/supervision/log/export")
@may(Act.TAKE_OUT_LOG)
def take_out_page() -> ResponseReturnValue:
    """Ask why the entries that were searched for are taken out."""
    return _page(TakeOutForm())


@bp.post("/supervision/log/export")
@may(Act.TAKE_OUT_LOG)
def take_out_file() -> ResponseReturnValue:
    """Log it, then give the file."""
    form, sought = TakeOutForm(), _sought()
    if not form.validate_on_submit():
        return _page(form), UNPROCESSABLE
    way, reason = form.way.data, form.reason.data or ""
    with unit_of_work(sessions()) as session:
        taken = take_out(session, sought.sought, way, reason=reason, actor=actor(), now=now())
    mark = _mark(taken, reason.strip())
    first_line = [mark, *[""] * (COLUMNS - 1)]

    def write(file: BinaryIO) -> None:
        if way == "csv":
            write_csv_file(file, first_line, _lines(taken, mark))
        else:
            write_workbook(file, str(_("Log")), first_line, _lines(taken, mark))

    called = f"log-{taken.first}-{taken.last}.{way}"
    return sent_once(write, called=called, mimetype={"csv": "text/csv"}.get(way, MEDIA_TYPE))


def _page(form: TakeOutForm) -> str:
    asked = _sought()
    query = {name: value for name, value in request.args.items() if value and name in asked.data}
    return render_template("supervision/take_out.html", form=form, asked=asked, query=query, most=MOST_ENTRIES)


def _sought() -> LogForm:
    """Return what the address searches the log for; raise `NotFoundError` where it makes no sense."""
    form = LogForm(request.args)
    if not form.validate():
        raise NotFoundError
    return form


def _mark(taken: TakenOut, reason: str) -> str:
    """Write who, when, why, which entries, and the seal at the head of the log."""
    sentence = _(
        "Taken out by %(who)s (%(role)s) on %(when)s. Reason: %(why)s. Entries %(first)s to %(last)s. Head: %(head)s",
        who=me().name,
        role=me().role_label,
        when=moment(now()),
        why=reason,
        first=taken.first,
        last=taken.last,
        head=taken.head,
    )
    return str(sentence)


def _lines(taken: TakenOut, mark: str) -> Iterator[Row]:
    """Yield the heads, then each entry with the mark at its end."""
    if not taken.is_whole:
        yield (str(_("There are more entries; these are the newest %(most)s.", most=MOST_ENTRIES)),)
    object_heads = (_("Kind of object"), _("Number of the object"))
    yield (_("Number"), _("When"), _("Role"), _("Account"), _("What"), *object_heads, *_last_heads())
    yield from (_line(entry, mark) for entry in taken.entries)


def _last_heads() -> Row:
    return (_("Before and after"), _("Reason"), _("Taken out"))


def _line(entry: Entry, mark: str) -> Row:
    told = "; ".join(
        f"{fact}: {was} → {became}" if was else f"{fact}: {became}" for fact, was, became in changes(entry)
    )
    return (
        entry.id, entry.at.isoformat(), str(ROLES[entry.role.value]), entry.account_id or "",
        str(ACTS.get(entry.act, entry.act)), str(KINDS.get(entry.object_kind, entry.object_kind)), entry.object_id,
        told, entry.reason, mark,
    )  # fmt: skip
