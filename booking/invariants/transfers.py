"""Files in and out: gone when they have served, and told when they are done."""

from booking.invariants.invariant import Invariant

TRANSFERS = (
    Invariant(
        "no bytes of a file are kept beyond their time",
        """SELECT p.transfer_id FROM transfer_piece p JOIN transfer t ON t.id = p.transfer_id
            WHERE t.state NOT IN ('checking', 'running') AND (t.keep_until IS NULL OR t.keep_until < :late)""",
    ),
    Invariant(
        "every file that was brought in stands in the log, once",
        """SELECT t.id FROM transfer t LEFT JOIN audit_entry a
            ON a.object_kind = 'transfer' AND a.object_id = CAST(t.id AS varchar) AND a.act = 'file brought in'
            WHERE t.direction = 'in' GROUP BY t.id, t.state HAVING (t.state = 'done') <> (count(a.id) = 1)""",
    ),
)
