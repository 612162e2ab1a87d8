"""Five years of an office's bookings, invented in the database: as rows of every table that the figures read.

Written by the database itself, past triggers and foreign keys, since two million bookings made one by one would take
a day. Shares, leads and outcomes vary by what the row's number hashes to, so that two runs give the same rows.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import text

from booking.kernel.db import Sessions

DAYS, DAYS_AHEAD = 5 * 365, 10
SITES, PEOPLE = 8, 300_000
OF_A_SLOT = 17  # bookings; each session offers 20 places
Echo = Callable[[str], object]

# A number from 0 to 999 that looks like chance and is always the same for a row.
CHANCE = "(abs(hashint8({of}::bigint * 7919 + {salt})) % 1000)"


@dataclass(frozen=True, slots=True)
class Span:
    """The days that are filled."""

    first: date
    today: date
    last: date


def span(today: date, days: int) -> Span:
    """Return so many days up to today, and the days ahead that are published."""
    return Span(today - timedelta(days), today, today + timedelta(DAYS_AHEAD))


def fill(sessions: Sessions, days: Span, echo: Echo) -> int:
    """Fill the tables and return how many bookings there are."""
    given = {"first": days.first, "today": days.today, "last": days.last, "people": PEOPLE, "sites": SITES}
    with sessions.engine.begin() as connection:
        for setting in ("session_replication_role = replica", "statement_timeout = 0", "synchronous_commit = off"):
            connection.execute(text(f"SET LOCAL {setting}"))
        for name, statement in STEPS:
            echo(name)
            connection.execute(text(statement), given)
    with sessions.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("SET statement_timeout = 0"))
        connection.execute(text("VACUUM ANALYZE"))
        for table in ("person", "account", "site", "slot", "booking", "learner", "request", "round"):
            connection.execute(
                text(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))")
            )
        return int(connection.scalar(text("SELECT count(*) FROM booking")) or 0)


def _chance(of: str, salt: int) -> str:
    return CHANCE.format(of=of, salt=salt)


STEPS = (
    (
        "sites",
        """INSERT INTO site (id, code, line, name, name_en, district, address, phone, open_weekdays, daily_maximum,
            lanes, vehicles_per_hour, is_active, directions, directions_en, method)
        SELECT n, 'B-' || n, 'exams', '考场' || n, 'Site ' || n, '赤坎区', '路', '0759', '1234567', 5000, 0, 0, true,
            '', '', '' FROM generate_series(1, :sites) n""",
    ),
    (
        "people and their records",
        """INSERT INTO person (id, name, sort_key, id_type, id_number_sealed, identity_hash, id_tail_hash, born_on,
            phone_sealed, phone_hash, language, created_at)
        SELECT n, '人', 'ren', 'A', ''::bytea, md5(n::text), md5(n::text), '2000-01-01', ''::bytea, md5(n::text),
            'zh', :first FROM generate_series(1, :people) n""",
    ),
    (
        "a clerk",
        """INSERT INTO account (id, person_id, role, login, password_hash, epoch, created_at)
        VALUES (1, 1, 'supervisor', 'bench', '!', 1, :first)""",
    ),
    (
        "learners",
        f"""INSERT INTO learner (id, person_id, licence_class, kind, held_class, accepted_on, permit_issued_on,
            permit_valid_until)
        SELECT n, n, (ARRAY['C1','C1','C1','C1','C1','C1','C2','C2','B2','D'])[1 + {_chance("n", 1)} % 10], 'first',
            '', accepted, accepted + 7, accepted + 7 + 1095
        FROM (SELECT n, :first - 200 + (n::bigint * (:last - :first) / :people)::int AS accepted
            FROM generate_series(1, :people) n) AS people""",
    ),
    (
        "sessions",
        """INSERT INTO slot (id, line, service, site_id, day, starts_at, ends_at, classes, capacity, method,
            publish_by, published_at, exemption, is_make_up, requests_until, opens_at, closes_at, cancel_until, state,
            withdrawn_reason, withdrawn_reason_en)
        SELECT row_number() OVER (ORDER BY day, site, service, hour), 'exams', service, site, day::date,
            day + hour * interval '1 hour', day + (hour + 1) * interval '1 hour', '', 20, 'ranked',
            day - interval '10 days', day - interval '11 days', '', false, day - interval '5 days',
            day - interval '3 days', day - interval '1 day', day - interval '1 day', 'published', '', ''
        FROM generate_series(:first ::timestamptz, :last ::timestamptz, interval '1 day') day,
            generate_series(1, :sites) site,
            unnest(ARRAY['subject_1', 'subject_2', 'road', 'safety']) service, unnest(ARRAY[1, 6]) hour""",
    ),
    (
        "places",
        """INSERT INTO quota (slot_id, lane, capacity, released, taken, freed, blocked)
        SELECT id, 'ordinary', 20, 20, 0, 0, 0 FROM slot""",
    ),
    (
        "bookings",
        f"""INSERT INTO booking (id, reference, line, service, slot_id, lane, person_id, holder, state, channel,
            booked_by, reason, request_key, created_at, changes, ended_at)
        SELECT id, 'B' || lpad(id::text, 9, '0'), 'exams', service, slot_id, 'ordinary', person, 'person:' || person,
            state, CASE WHEN {_chance("id", 2)} < 700 THEN 'internet' WHEN {_chance("id", 2)} < 950 THEN 'counter'
                ELSE 'phone' END,
            1, 'bench', 'b' || id, starts_at - (36 + {_chance("id", 3)} % 200) * interval '1 hour', 0,
            CASE state WHEN 'confirmed' THEN NULL
                WHEN 'cancelled' THEN starts_at - ({_chance("id", 4)} % 36) * interval '1 hour'
                WHEN 'cancelled_by_office' THEN starts_at - interval '20 hours'
                ELSE starts_at + interval '2 hours' END
        FROM (SELECT row_number() OVER (ORDER BY slot.id, n) AS id, slot.id AS slot_id, service, starts_at,
                1 + ((slot.id::bigint * 31 + n) * 7919 % :people)::int AS person,
                CASE WHEN day >= :today THEN 'confirmed' WHEN {_chance("slot.id * 100 + n", 5)} < 620 THEN 'passed'
                    WHEN {_chance("slot.id * 100 + n", 5)} < 830 THEN 'failed'
                    WHEN {_chance("slot.id * 100 + n", 5)} < 880 THEN 'absent'
                    WHEN {_chance("slot.id * 100 + n", 5)} < 990 THEN 'cancelled'
                    ELSE 'cancelled_by_office' END AS state
            FROM slot, generate_series(1, {OF_A_SLOT} + (slot.id % 8 = 0)::int) n) AS made
        ON CONFLICT DO NOTHING""",
    ),
    (
        "results",
        """INSERT INTO exam_result (learner_id, subject, day, outcome, score, site_id, booking_id, recorded_at)
        SELECT b.person_id, b.service, s.day, b.state, 90, s.site_id, b.id, b.ended_at
        FROM booking b JOIN slot s ON s.id = b.slot_id
        WHERE b.state IN ('passed', 'failed', 'absent') ON CONFLICT DO NOTHING""",
    ),
    (
        "rounds",
        """INSERT INTO round (id, line, service, day, method, attempt, opens_at, closes_at, objections_until,
            beacon_not_before, announcement, announcement_hash, office_key_id, stage, leaves, peaks, latest_minute,
            checkpointed, frozen_root, seed, outcome_hash, events, event_hash)
        SELECT row_number() OVER (ORDER BY day, service), 'exams', service, day, 'ranked', 1,
            day - interval '10 days', day - interval '5 days', day - interval '4 days', day - interval '3 days',
            '', '', 1, 'drawn', 1, '', day,
            1, '', '', 'x', 0, '' FROM (SELECT DISTINCT day, service FROM slot) AS days""",
    ),
    (
        "their sessions",
        """INSERT INTO round_slot (slot_id, round_id)
        SELECT s.id, r.id FROM slot s JOIN round r ON r.day = s.day AND r.service = s.service""",
    ),
    (
        "requests of every second booking, and those that got none",
        """INSERT INTO request (id, reference, line, service, person_id, holder, state, channel, asked_by, reason,
            request_key, version, carry_on, notice_hours, is_make_up, losses, created_at, changed_at, booking_id,
            ended_at)
        SELECT b.id, 'R' || substr(b.reference, 2), b.line, b.service, b.person_id, b.holder,
            CASE WHEN b.id % 5 = 0 THEN 'ended' ELSE 'granted' END, b.channel, 1, 'bench', 'r' || b.id, 1, false, 0,
            false, 0, b.created_at, b.created_at, CASE WHEN b.id % 5 > 0 THEN b.id END, b.created_at
        FROM booking b WHERE b.id % 2 = 0""",
    ),
    (
        "their wishes",
        """INSERT INTO request_wish (request_id, place, slot_id)
        SELECT b.id, place, CASE WHEN place = 1 + b.id % 2 THEN b.slot_id ELSE -(b.id * 4 + place) END
        FROM booking b, generate_series(1, 2) place WHERE b.id % 2 = 0""",
    ),
    (
        "how they stood",
        """INSERT INTO entry (round_id, holder, person_id, request_id, pid, seq, lane, wishes, standing, place, queue,
            slot_id, booking_id, passed_because)
        SELECT o.round_id, b.holder, b.person_id, b.id, md5(b.id::text), 0, 'ordinary', '[]',
            CASE WHEN b.id % 5 = 0 THEN 'waiting' ELSE 'granted' END, 1, 0,
            CASE WHEN b.id % 5 > 0 THEN b.slot_id END, CASE WHEN b.id % 5 > 0 THEN b.id END, ''
        FROM booking b JOIN round_slot o ON o.slot_id = b.slot_id WHERE b.id % 2 = 0 ON CONFLICT DO NOTHING""",
    ),
)
