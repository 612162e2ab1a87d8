"""Where a date or a catalogue has to be asked in the words of the database."""

from booking.invariants.invariant import Invariant

# Triggers that both databases share, by the migration that made them.
GUARDS_OF = {"0002 to 0010": 51, "0011": 14, "0012": 3, "0014": 18, "0019": 6}
GUARDS = sum(GUARDS_OF.values())
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
