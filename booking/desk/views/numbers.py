"""One number of one person in full, for a clerk who says what for. It stands in no address, and the log keeps it."""

from flask import render_template
from flask.typing import ResponseReturnValue

from booking.accounts import queries as people
from booking.accounts.service.looking import Number, Purpose, reveal
from booking.desk.forms import NumberForm
from booking.desk.views.blueprint import bp
from booking.kernel.actors import Act
from booking.kernel.db import reading, unit_of_work
from booking.kernel.errors import NotAllowedError
from booking.kernel.ids import PersonId
from booking.web.guards import may
from booking.web.house import actor, me, now, sessions

UNPROCESSABLE = 422


@bp.route("/desk/people/<int:person_id>/number", methods=["GET", "POST"])
@may(Act.REVEAL_NUMBERS)
def number(person_id: int) -> ResponseReturnValue:
    """Ask which number and what for; show it once it is in the log."""
    if person_id == me().person_id:
        raise NotAllowedError
    form, shown = NumberForm(), ""
    with reading(sessions()) as session:
        person = people.masked_person(session, PersonId(person_id))
    if form.validate_on_submit():
        which, purpose = Number(form.which.data), Purpose(form.purpose.data)
        with unit_of_work(sessions()) as session:
            shown = reveal(session, person.person_id, which, purpose, actor=actor(), now=now())
    # Shown in the answer to the form: to lead on to another page, the number would have to be kept until then.
    page = render_template("desk/number.html", person=person, form=form, shown=shown)
    return page, UNPROCESSABLE if form.errors else 200
