"""The day at a station."""

from booking.invariants.invariant import Invariant

VISITS = (
    Invariant(
        "the numbers of a day at a site have neither gaps nor doubles",
        """SELECT d.site_id, d.day FROM visit_day d LEFT JOIN visit v ON v.site_id = d.site_id AND v.day = d.day
            GROUP BY d.site_id, d.day, d.last_number
            HAVING count(DISTINCT v.number) <> d.last_number OR coalesce(max(v.number), 0) <> d.last_number
            UNION ALL SELECT v.site_id, v.day FROM visit v
            LEFT JOIN visit_day d ON d.site_id = v.site_id AND d.day = v.day WHERE d.site_id IS NULL""",
    ),
    Invariant(
        "a holder stands in one queue",
        """SELECT holder FROM visit WHERE state IN ('waiting', 'called', 'in_test')
            GROUP BY holder HAVING count(*) > 1""",
    ),
    Invariant(
        "a visit is queued, called, begun, ended and settled in this order",
        """SELECT id FROM visit WHERE arrived_at > queued_at OR queued_at > called_at OR called_at > started_at
            OR started_at > ended_at OR arrived_at > ended_at OR ended_at > settled_at""",
    ),
    Invariant(
        "a visit and its booking tell the same",
        """SELECT v.id FROM visit v JOIN booking b ON b.id = v.booking_id JOIN slot s ON s.id = b.slot_id
            WHERE b.holder <> v.holder OR b.service <> v.service OR s.site_id <> v.site_id OR s.day <> v.day
            OR s.starts_at <> v.window_starts_at OR s.ends_at <> v.window_ends_at
            OR b.state NOT IN ('cancelled_by_office', CASE WHEN v.state = 'left' THEN 'absent'
            WHEN v.settled_at IS NOT NULL THEN v.state ELSE 'attended' END)""",
    ),
    Invariant(
        "whoever attended at a station has a visit",
        """SELECT b.id FROM booking b LEFT JOIN visit v ON v.booking_id = b.id
            WHERE b.line = 'inspections' AND b.state = 'attended' AND v.id IS NULL""",
    ),
    Invariant(
        "a case goes on only after a failure that is settled",
        """SELECT v.id FROM visit v JOIN visit f ON f.id = v.first_visit_id
            WHERE f.first_visit_id IS NOT NULL OR f.holder <> v.holder OR f.service <> v.service
            OR f.state <> 'failed' OR f.settled_at IS NULL""",
    ),
    Invariant(
        "no result waits longer than it can be undone",
        "SELECT id FROM visit WHERE state IN ('passed', 'failed') AND settled_at IS NULL AND ended_at < :undone",
    ),
    Invariant(
        "each visit is logged once when it came, and once when its result was settled",
        """SELECT v.id FROM visit v LEFT JOIN audit_entry a
            ON a.object_kind = 'visit' AND a.object_id = CAST(v.id AS VARCHAR)
            AND a.act IN ('visit arrived', 'result settled')
            GROUP BY v.id, v.settled_at HAVING count(a.id) <> CASE WHEN v.settled_at IS NULL THEN 1 ELSE 2 END""",
    ),
)
