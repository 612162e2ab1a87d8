"""Overrides: two persons, one booking, nothing lifted in silence."""

from booking.invariants.invariant import Invariant

OVERRIDES = (
    Invariant(
        "two persons stand behind every override",
        """SELECT id FROM override WHERE decided_by_person = proposed_by_person
            OR (state IN ('approved', 'declined') AND decided_by_person IS NULL)""",
    ),
    Invariant(
        "an approved override has exactly its own booking",
        """SELECT o.id FROM override o LEFT JOIN booking b ON b.id = o.booking_id
            AND b.holder = o.holder AND b.service = o.service AND b.created_at = o.decided_at
            WHERE o.state = 'approved' AND (b.id IS NULL OR (b.changes = 0 AND b.slot_id <> o.slot_id))""",
    ),
    Invariant(
        "nobody concerned decides an override of exams",
        "SELECT id FROM override WHERE decided_by_person = person_id AND line = 'exams'",
    ),
    Invariant(
        "no override waits beyond its deadline",
        "SELECT id FROM override WHERE state = 'proposed' AND decide_until < :late",
    ),
)
