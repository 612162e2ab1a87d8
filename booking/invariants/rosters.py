"""The day at an exam site."""

from booking.invariants.invariant import Invariant

ROSTERS = (
    Invariant(
        "whoever attended an exam has one check-in that stands, in the slot of the booking",
        """SELECT b.id FROM booking b LEFT JOIN check_in c ON c.booking_id = b.id AND c.undone_at IS NULL
            WHERE b.line = 'exams' AND b.state = 'attended'
            GROUP BY b.id, b.slot_id HAVING count(c.id) <> 1 OR max(c.slot_id) <> b.slot_id""",
    ),
    Invariant(
        "nobody is checked in whose booking is still to come",
        """SELECT c.id FROM check_in c JOIN booking b ON b.id = c.booking_id
            WHERE c.undone_at IS NULL AND (b.state IN ('confirmed', 'cancelled') OR b.line <> 'exams')""",
    ),
    Invariant(
        "a retest follows a test that failed, and both are of somebody who was checked in",
        """SELECT a.id FROM attempt a LEFT JOIN attempt f ON f.booking_id = a.booking_id AND f.number = 1
            AND f.outcome = 'failed' AND f.undone_at IS NULL
            LEFT JOIN check_in c ON c.booking_id = a.booking_id AND c.undone_at IS NULL
            WHERE a.undone_at IS NULL AND (c.id IS NULL OR (a.number = 2 AND f.id IS NULL))""",
    ),
    Invariant(
        "a settled attempt has ended its booking, and stands in the learner's record once",
        """SELECT a.id FROM attempt a JOIN booking b ON b.id = a.booking_id
            LEFT JOIN exam_result r ON r.booking_id = a.booking_id
            WHERE a.settled_at IS NOT NULL
            GROUP BY a.id, a.number, a.outcome, a.score, a.booking_id, b.state HAVING count(r.id) <> 1
            OR b.state NOT IN ('passed', 'failed') OR max(r.outcome) <> b.state
            OR (a.outcome <> b.state AND NOT EXISTS (SELECT 1 FROM attempt n WHERE n.booking_id = a.booking_id
            AND n.number > a.number AND n.settled_at IS NOT NULL))""",
    ),
    Invariant(
        "a result that stands waits only while it can be undone, or for a retest",
        """SELECT a.id FROM attempt a JOIN booking b ON b.id = a.booking_id
            WHERE a.undone_at IS NULL AND a.settled_at IS NULL AND (a.outcome = 'passed' OR a.number = 2)
            AND (b.state <> 'attended' OR a.recorded_at < :undone)""",
    ),
    Invariant(
        "a booking and its result in the record say the same",
        """SELECT b.id FROM booking b JOIN exam_result r ON r.booking_id = b.id
            WHERE b.state IN ('confirmed', 'attended', 'cancelled') OR (b.state <> r.outcome
            AND b.state <> 'cancelled_by_office')
            UNION ALL SELECT booking_id FROM exam_result WHERE booking_id IS NOT NULL
            GROUP BY booking_id HAVING count(*) > 1""",
    ),
    Invariant(
        "everybody tested by a roster was told",
        """SELECT b.id FROM booking b JOIN check_in c ON c.booking_id = b.id AND c.undone_at IS NULL
            JOIN attempt a ON a.booking_id = b.id AND a.settled_at IS NOT NULL
            LEFT JOIN notice n ON n.person_id = b.person_id AND n.channel = 'inbox'
            AND n.event = 'booking ' || CAST(b.id AS VARCHAR) || ' exam_' || b.state
            WHERE n.id IS NULL""",
    ),
    Invariant(
        "every closed roster counts the bookings that it has, and none of them is open",
        """SELECT x.slot_id FROM closed_roster x LEFT JOIN booking b
            ON b.slot_id = x.slot_id AND b.state <> 'cancelled'
            GROUP BY x.slot_id, x.booked, x.absent, x.passed, x.failed, x.cancelled
            HAVING count(b.id) <> x.booked
            OR coalesce(sum(CASE WHEN b.state = 'absent' THEN 1 ELSE 0 END), 0) <> x.absent
            OR coalesce(sum(CASE WHEN b.state = 'passed' THEN 1 ELSE 0 END), 0) <> x.passed
            OR coalesce(sum(CASE WHEN b.state = 'failed' THEN 1 ELSE 0 END), 0) <> x.failed
            OR coalesce(sum(CASE WHEN b.state = 'cancelled_by_office' THEN 1 ELSE 0 END), 0) <> x.cancelled
            OR coalesce(sum(CASE WHEN b.state IN ('confirmed', 'attended') THEN 1 ELSE 0 END), 0) > 0""",
    ),
    Invariant(
        "each check-in, attempt, undoing and closing is logged once",
        """SELECT 'booking', b.id FROM booking b
            JOIN (SELECT booking_id, count(*) AS came, sum(CASE WHEN undone_at IS NULL THEN 0 ELSE 1 END) AS undone
            FROM check_in GROUP BY booking_id) c ON c.booking_id = b.id
            LEFT JOIN (SELECT booking_id, count(*) AS tried,
            sum(CASE WHEN undone_at IS NULL THEN 0 ELSE 1 END) AS undone
            FROM attempt GROUP BY booking_id) t ON t.booking_id = b.id
            JOIN audit_entry a ON a.object_kind = 'booking' AND a.object_id = CAST(b.id AS VARCHAR)
            GROUP BY b.id, c.came, c.undone, t.tried, t.undone
            HAVING c.came <> sum(CASE WHEN a.act = 'booking attended' THEN 1 ELSE 0 END)
            OR c.undone <> sum(CASE WHEN a.act = 'attendance undone' THEN 1 ELSE 0 END)
            OR coalesce(t.tried, 0) <> sum(CASE WHEN a.act = 'attempt recorded' THEN 1 ELSE 0 END)
            OR coalesce(t.undone, 0) <> sum(CASE WHEN a.act = 'attempt undone' THEN 1 ELSE 0 END)
            UNION ALL SELECT 'slot', x.slot_id FROM closed_roster x WHERE 1 <> (SELECT count(*) FROM audit_entry a
            WHERE a.object_kind = 'slot' AND a.object_id = CAST(x.slot_id AS VARCHAR) AND a.act = 'roster closed')""",
    ),
)
