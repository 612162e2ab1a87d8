"""Reading what a round has fixed: its announcement, its sealed rows, its random values."""

import json
from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from booking.allotment.models.rounds import Leaf, Round
from booking.allotment.rules.draw import Json


def announcement_of(round_: Round) -> Json:
    """Return the announcement as the record has it."""
    announcement: Json = json.loads(round_.announcement)
    return announcement


def rows_of(session: Session, round_id: int) -> Iterator[Json]:
    """Yield the rows of a round in order; the session must stay open meanwhile."""
    query = select(Leaf.row).where(Leaf.round_id == round_id).order_by(Leaf.seq)
    for row in session.scalars(query.execution_options(yield_per=5000)):
        yield json.loads(row)
