"""Slots, plans, bookings, messages and sign-ins."""

from booking.invariants.invariant import GONE, LIVE, Invariant

HOUSE = (
    Invariant(
        "the ledger counts exactly the bookings and holds that keep a seat",
        f"""SELECT q.slot_id, q.lane, q.taken FROM quota q LEFT JOIN
            (SELECT slot_id, lane FROM booking WHERE state NOT IN {GONE}
            UNION ALL SELECT slot_id, lane FROM hold WHERE state = 'held') k
            ON k.slot_id = q.slot_id AND k.lane = q.lane
            GROUP BY q.slot_id, q.lane, q.taken HAVING q.taken <> count(k.slot_id)""",
    ),
    Invariant(
        "no lane gives more than it released, or releases more than it has",
        """SELECT slot_id, lane FROM quota
            WHERE taken < 0 OR freed < 0 OR blocked < 0 OR taken > released
            OR released + freed + blocked > capacity""",
    ),
    Invariant(
        "a slot's capacity is the sum of its lanes",
        """SELECT s.id FROM slot s JOIN quota q ON q.slot_id = s.id
            GROUP BY s.id, s.capacity HAVING s.capacity <> sum(q.capacity)""",
    ),
    Invariant(
        "every booking stands in a lane of its slot and of its slot's service",
        """SELECT b.id FROM booking b JOIN slot s ON s.id = b.slot_id
            LEFT JOIN quota q ON q.slot_id = b.slot_id AND q.lane = b.lane
            WHERE q.slot_id IS NULL OR s.service <> b.service OR s.line <> b.line""",
    ),
    Invariant(
        "one live booking for a service and holder",
        f"SELECT service, holder FROM booking WHERE state IN {LIVE} GROUP BY service, holder HAVING count(*) > 1",
    ),
    Invariant(
        "nobody is booked twice for the same hour",
        f"""SELECT a.id, b.id FROM booking a JOIN booking b ON b.person_id = a.person_id AND b.id > a.id
            JOIN slot s ON s.id = a.slot_id JOIN slot t ON t.id = b.slot_id
            WHERE a.state IN {LIVE} AND b.state IN {LIVE} AND a.line = 'exams' AND b.line = 'exams'
            AND s.starts_at < t.ends_at AND t.starts_at < s.ends_at""",
    ),
    Invariant(
        "seats on sale and freed are those that were released, less blocked ones",
        """SELECT q.slot_id, q.lane FROM quota q JOIN slot s ON s.id = q.slot_id AND s.state = 'published'
            LEFT JOIN release r ON r.slot_id = q.slot_id AND r.lane = q.lane AND r.done_at IS NOT NULL
            GROUP BY q.slot_id, q.lane, q.released, q.freed, q.blocked
            HAVING coalesce(sum(r.amount), 0)
            NOT BETWEEN q.released + q.freed AND q.released + q.freed + q.blocked""",
    ),
    Invariant(
        "each release is logged once",
        """SELECT r.slot_id FROM release r WHERE r.done_at IS NOT NULL
            GROUP BY r.slot_id HAVING count(*) <> (SELECT count(*) FROM audit_entry a
            WHERE a.act = 'seats released'
            AND a.object_kind = 'slot' AND a.object_id = CAST(r.slot_id AS VARCHAR))""",
    ),
    Invariant(
        "no release is overdue",
        "SELECT slot_id, lane FROM release WHERE done_at IS NULL AND due_at < :late",
    ),
    Invariant(
        "each published plan has a slot for every line, and no other plan has any",
        """SELECT p.id FROM plan p JOIN plan_line l ON l.plan_id = p.id
            WHERE (p.state = 'published') <> (l.slot_id IS NOT NULL)""",
    ),
    Invariant(
        "plans are published in time, or exempted with a reason",
        "SELECT id FROM plan WHERE published_at > publish_by AND exemption = ''",
    ),
    Invariant(
        "drafter and approver are two persons",
        """SELECT id FROM plan WHERE approved_by_person = drafted_by_person UNION ALL
            SELECT id FROM withdrawal WHERE approved_by_person = proposed_by_person UNION ALL
            SELECT id FROM policy WHERE approved_by_person = proposed_by_person UNION ALL
            SELECT id FROM correction WHERE approved_by_person = proposed_by_person UNION ALL
            SELECT id FROM closure WHERE approved_by_person = proposed_by_person""",
    ),
    Invariant(
        "each booking is logged once when made, once when attended and not undone, and once for its final state",
        """SELECT b.id FROM booking b LEFT JOIN audit_entry a
            ON a.object_kind = 'booking' AND a.object_id = CAST(b.id AS VARCHAR)
            AND a.act IN ('booking made', 'booking attended', 'attendance undone', 'booking ' || b.state)
            GROUP BY b.id, b.state HAVING sum(CASE WHEN a.act = 'booking made' THEN 1 ELSE 0 END) <> 1
            OR sum(CASE a.act WHEN 'booking attended' THEN 1 WHEN 'attendance undone' THEN -1 ELSE 0 END)
            NOT BETWEEN CASE WHEN b.state = 'attended' THEN 1 ELSE 0 END
            AND CASE WHEN b.state = 'confirmed' THEN 0 ELSE 1 END
            OR sum(CASE WHEN a.act = 'booking ' || b.state THEN 1 ELSE 0 END)
            <> 1 AND b.state NOT IN ('confirmed', 'attended')""",
    ),
    Invariant(
        "each booking made was told to its holder",
        """SELECT b.id FROM booking b LEFT JOIN notice n ON n.person_id = b.person_id AND n.channel = 'inbox'
            AND n.event = 'booking ' || CAST(b.id AS VARCHAR) || ' booking_confirmed'
            GROUP BY b.id HAVING count(n.id) <> 1""",
    ),
    Invariant(
        "nobody still holds a place in a slot withdrawn a while ago",
        f"""SELECT b.id FROM booking b JOIN slot s ON s.id = b.slot_id
            WHERE b.state IN {LIVE} AND s.state = 'withdrawn' AND s.withdrawn_at < :late""",
    ),
    Invariant(
        "recovery codes belong to a second factor that counts, ten at the most",
        """SELECT r.account_id FROM recovery_code r LEFT JOIN second_factor f
            ON f.account_id = r.account_id AND f.confirmed_at IS NOT NULL
            GROUP BY r.account_id HAVING count(f.id) <> count(r.id) OR count(r.id) > 10""",
    ),
    Invariant(
        "whoever sets an account back has not proposed it and is not its person, and the log has both steps",
        """SELECT r.id FROM account_reset r WHERE r.proposed_by_person = r.person_id
            OR r.decided_by_person IN (r.proposed_by_person, r.person_id)
            OR r.state = 'approved' AND NOT EXISTS (SELECT 1 FROM audit_entry a WHERE a.act = 'reset approved'
            AND a.object_kind = 'account' AND a.object_id = CAST(r.account_id AS VARCHAR)
            AND a.at = r.decided_at AND a.person_id = r.decided_by_person)""",
    ),
    Invariant(
        "every sign-in belongs to an account that was in use",
        """SELECT i.id FROM sign_in i JOIN account a ON a.id = i.account_id
            WHERE a.disabled_at IS NOT NULL AND i.revoked_at IS NULL AND i.created_at > a.disabled_at""",
    ),
)
