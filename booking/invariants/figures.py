"""What is counted once holds for as long as it is used. The latest days and months stand for all."""

from booking.invariants.invariant import Invariant

COUNTED_DAYS = """(SELECT starts_on FROM rolled_span WHERE span = 'day' AND rolled_at IS NOT NULL
    ORDER BY starts_on DESC LIMIT 30)"""
FIGURES = (
    Invariant(
        "the bookings of a counted day are as many as were counted",
        f"""SELECT d.starts_on FROM {COUNTED_DAYS} d WHERE
            (SELECT coalesce(sum(f.amount), 0) FROM rolled_figure f WHERE f.span = 'day' AND f.cut = 'both'
                AND f.measure = 'booked' AND f.starts_on = d.starts_on)
            <> (SELECT count(*) FROM booking b JOIN slot s ON s.id = b.slot_id WHERE s.day = d.starts_on)
            + (SELECT count(*) FROM past_booking p
                WHERE p.line IN ('exams', 'inspections') AND p.day = d.starts_on)""",
    ),
    Invariant(
        "what became of the bookings of a counted day is as it was counted",
        f"""SELECT d.starts_on FROM {COUNTED_DAYS} d WHERE
            (SELECT coalesce(sum(f.amount), 0) FROM rolled_figure f WHERE f.span = 'day' AND f.cut = 'both'
                AND f.measure = 'ended' AND f.bucket IN ('passed', 'absent') AND f.starts_on = d.starts_on)
            <> (SELECT count(*) FROM booking b JOIN slot s ON s.id = b.slot_id
                WHERE s.day = d.starts_on AND b.state IN ('passed', 'absent'))
            + (SELECT count(*) FROM past_booking p WHERE p.line IN ('exams', 'inspections')
                AND p.day = d.starts_on AND p.outcome IN ('passed', 'absent'))""",
    ),
    Invariant(
        "a counted month is the sum of its days, by whatever it is parted",
        """SELECT m.starts_on, c.cut FROM
            (SELECT starts_on FROM rolled_span WHERE span = 'month' ORDER BY starts_on DESC LIMIT 3) m
            CROSS JOIN (SELECT 'all' AS cut UNION SELECT 'site' UNION SELECT 'class' UNION SELECT 'both') c WHERE
            (SELECT coalesce(sum(f.amount), 0) FROM rolled_figure f
                WHERE f.span = 'month' AND f.cut = c.cut AND f.starts_on = m.starts_on)
            <> (SELECT coalesce(sum(f.amount), 0) FROM rolled_figure f WHERE f.span = 'day' AND f.cut = 'all'
                AND f.starts_on >= m.starts_on
                AND substr(CAST(f.starts_on AS text), 1, 7) = substr(CAST(m.starts_on AS text), 1, 7))""",
    ),
)
