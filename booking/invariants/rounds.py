"""Requests, rounds and their record."""

from booking.invariants.invariant import Invariant

ROUNDS = (
    Invariant(
        "one live request for a service and holder",
        "SELECT service, holder FROM request WHERE state = 'live' GROUP BY service, holder HAVING count(*) > 1",
    ),
    Invariant(
        "a request is granted exactly when it has a booking",
        "SELECT id FROM request WHERE (state = 'granted') <> (booking_id IS NOT NULL)",
    ),
    Invariant(
        "every round counts the rows and events that it has",
        """SELECT r.id, r.leaves, r.events FROM round r
            WHERE r.leaves <> 1 + (SELECT count(*) FROM leaf l WHERE l.round_id = r.id)
            OR r.leaves <> 1 + (SELECT coalesce(max(l.seq), 0) FROM leaf l WHERE l.round_id = r.id)
            OR r.events <> (SELECT count(*) FROM record_event e WHERE e.round_id = r.id)
            OR r.events <> (SELECT coalesce(max(e.n), 0) FROM record_event e WHERE e.round_id = r.id)""",
    ),
    Invariant(
        "a frozen list is what it was at the freeze",
        """SELECT r.id FROM round r
            LEFT JOIN leaf l ON l.round_id = r.id AND l.seq = r.frozen_leaves - 1
            WHERE (r.stage IN ('frozen', 'drawn')) <> (r.frozen_leaves IS NOT NULL)
            OR r.frozen_leaves <> r.leaves
            OR (r.frozen_leaves IS NOT NULL AND r.frozen_root <> coalesce(l.root, r.announcement_hash))""",
    ),
    Invariant(
        "exactly the drawn rounds have an outcome",
        """SELECT r.id FROM round r LEFT JOIN round_outcome o ON o.round_id = r.id
            WHERE (r.stage = 'drawn') <> (o.round_id IS NOT NULL)""",
    ),
    Invariant(
        "everybody stands in a round as far as it has come",
        """SELECT e.round_id, e.holder FROM entry e JOIN round r ON r.id = e.round_id
            WHERE e.standing <> 'out' AND (e.standing = 'in') = (r.stage = 'drawn')""",
    ),
    Invariant(
        "who was granted a place by a round has it in a booking, and who was passed over a reason",
        """SELECT e.round_id, e.holder FROM entry e LEFT JOIN booking b ON b.id = e.booking_id
            AND b.holder = e.holder AND b.person_id = e.person_id AND b.slot_id = e.slot_id
            WHERE (e.standing = 'granted' AND b.id IS NULL) OR (e.standing = 'passed' AND e.passed_because = '')""",
    ),
    Invariant(
        "nobody waits who has had a place of the same round",
        "SELECT round_id, holder FROM entry WHERE standing IN ('in', 'out', 'waiting') AND booking_id IS NOT NULL",
    ),
    Invariant(
        "before a round's seats are first come, nobody but the round gives one",
        """SELECT b.id FROM booking b JOIN round_slot x ON x.slot_id = b.slot_id JOIN slot s ON s.id = b.slot_id
            LEFT JOIN entry e ON e.booking_id = b.id
            WHERE e.booking_id IS NULL AND b.changes = 0 AND b.created_at < s.opens_at""",
    ),
    Invariant(
        "no step of a round is overdue",
        """SELECT id FROM round WHERE (stage = 'collecting' AND closes_at < :late)
            OR (stage = 'closed' AND objections_until < :late)""",
    ),
)
