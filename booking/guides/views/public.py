"""What everybody reads. Nobody signs in for it."""

from itertools import pairwise

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from booking.guides.queries import announcements, guides
from booking.guides.rules.blocks import blocks
from booking.guides.rules.sections import TITLES, Content, Section, changes
from booking.guides.views.blueprint import SEE_OTHER, bp
from booking.kernel.db import reading
from booking.web.guards import public
from booking.web.house import sessions, today
from booking.web.language import language, worded


@bp.get("/guides")
@public
def index() -> ResponseReturnValue:
    """List the guides and what is announced today."""
    with reading(sessions()) as session:
        found, announced = guides.guides(session), announcements.announcements_on(session, today())
    return render_template("guides/index.html", guides=found, announced=announced, blocks=blocks)


@bp.get("/guides/<name>")
@public
def show(name: str) -> ResponseReturnValue:
    """Show the guide in force."""
    with reading(sessions()) as session:
        found = guides.versions(session, name)
    shown = {"guide": found[0], "sections": in_order(found[0].content), "versions": len(found)}
    return render_template("guides/show.html", **shown, blocks=blocks)


@bp.get("/guides/<name>/versions")
@public
def versions(name: str) -> ResponseReturnValue:
    """Show what a guide said before."""
    with reading(sessions()) as session:
        found = guides.versions(session, name)
    pairs = [(new, old, list(changes(old.content, new.content))) for new, old in pairwise(found)]
    return render_template("guides/versions.html", guide=found[0], pairs=pairs, **words())


@bp.get("/announcements/<int:announcement_id>")
@public
def announcement(announcement_id: int) -> ResponseReturnValue:
    """Show one announcement, also after its last day: links to it live on."""
    with reading(sessions()) as session:
        found = announcements.announcement(session, announcement_id)
    if found.approved_at is None or found.ended_at is not None:
        return redirect(url_for("guides.index"), SEE_OTHER)
    return render_template("guides/announcement.html", one=found, is_over=not found.stands_on(today()), blocks=blocks)


@bp.get("/complaints")
@public
def complaints() -> ResponseReturnValue:
    """Lead to how one complains."""
    return redirect(url_for("guides.show", name="complaints"), SEE_OTHER)


def in_order(content: Content) -> list[tuple[str, str, str]]:
    """Return (code, title, text) of the sections that have something to say, in the reader's language."""
    texts = [(one, content.text(one, language())) for one in Section]
    return [(one.value, worded(TITLES[one]), text) for one, text in texts if text]


def words() -> dict[str, object]:
    """Return what pages of changes need: the sections' titles, and the function that reads a text in blocks."""
    from_rules = {one: worded(title) for one, title in TITLES.items()}
    return {"titles": from_rules, "blocks": blocks}
