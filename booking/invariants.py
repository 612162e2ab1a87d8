"""What must always hold, each as a question to the live database whose answer must be empty.

A row in an answer is one breach; its columns say where to look. Both databases answer the same SQL, except where
a date or a catalogue has to be asked in its own words.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.orm import Session

GRACE = timedelta(minutes=5)  # for jobs that run every minute
LONGEST_UNDO = timedelta(minutes=120)  # the most that the office may set
GONE = "('cancelled', 'cancelled_by_office')"
LIVE = "('confirmed', 'attended')"


@dataclass(frozen=True, slots=True)
class Invariant:
    """One statement and the query that finds its breaches.

    `:late` stands for five minutes ago, `:undone` for the last instant whose results nobody can still undo.
    """

    name: str
    query: str


@dataclass(frozen=True, slots=True)
class Finding:
    """How many breaches of one invariant there are, and the first of them."""

    name: str
    count: int
    first: str


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
INVARIANTS = (
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
        "each booking is logged once when made, and once for each final state",
        """SELECT b.id FROM booking b LEFT JOIN audit_entry a
            ON a.object_kind = 'booking' AND a.object_id = CAST(b.id AS VARCHAR)
            AND a.act IN ('booking made', 'booking ' || b.state)
            GROUP BY b.id, b.state HAVING count(a.id) <> CASE WHEN b.state = 'confirmed' THEN 1 ELSE 2 END""",
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
        "every sign-in belongs to an account that was in use",
        """SELECT i.id FROM sign_in i JOIN account a ON a.id = i.account_id
            WHERE a.disabled_at IS NOT NULL AND i.revoked_at IS NULL AND i.created_at > a.disabled_at""",
    ),
    *ROUNDS,
    *VISITS,
)
GUARDS = 51  # triggers of the migrations 0002, 0004, 0006 and 0009 that both databases share
OWN_WORDS = {
    "sqlite": (
        Invariant(
            "a slot's day is the office's day on which it starts",
            "SELECT id FROM slot WHERE day <> date(starts_at, '+8 hours')",
        ),
        Invariant(
            "a visit's day is the office's day on which it came",
            "SELECT id FROM visit WHERE day <> date(arrived_at, '+8 hours')",
        ),
        Invariant(
            "the database file is whole",
            "SELECT * FROM pragma_integrity_check WHERE integrity_check <> 'ok'",
        ),
        Invariant("every reference points at something", "SELECT * FROM pragma_foreign_key_check"),
        Invariant(
            "the guards stand",
            f"SELECT count(*) FROM sqlite_master WHERE type = 'trigger' HAVING count(*) < {GUARDS - 1}",
        ),
    ),
    "postgresql": (
        Invariant(
            "a slot's day is the office's day on which it starts",
            "SELECT id FROM slot WHERE day <> CAST(starts_at AT TIME ZONE 'Asia/Shanghai' AS date)",
        ),
        Invariant(
            "a visit's day is the office's day on which it came",
            "SELECT id FROM visit WHERE day <> CAST(arrived_at AT TIME ZONE 'Asia/Shanghai' AS date)",
        ),
        Invariant(
            "the guards stand",
            f"""SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal AND tgenabled = 'O'
                HAVING count(*) < {GUARDS}""",
        ),
    ),
}


def findings(session: Session, *, now: datetime) -> Iterator[Finding]:
    """Ask every invariant and yield how it stands, in the order of the table."""
    kind = session.get_bind().dialect.name
    given = {"late": now - GRACE, "undone": now - GRACE - LONGEST_UNDO}
    for invariant in (*INVARIANTS, *OWN_WORDS[kind]):
        rows = session.execute(text(invariant.query), given).all()
        first = ", ".join(str(cell) for cell in rows[0]) if rows else ""
        yield Finding(invariant.name, len(rows), first)
