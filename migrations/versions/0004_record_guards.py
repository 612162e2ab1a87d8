"""Triggers: the public record only grows, announced things are frozen, approved proposals stay as they were."""

from collections.abc import Iterator

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

# guard name, table, event, condition ("" = always); OLD and NEW as in both dialects, {differ} is put in below
GUARDS = (
    *(
        (f"append_only_{table}_{event.lower()}", table, event, "")
        for table in (
            "leaf",
            "checkpoint",
            "record_event",
            "round_outcome",
            "beacon_value",
            "office_key",
            "round_slot",
        )
        for event in ("UPDATE", "DELETE")
    ),
    (
        "frozen_round",
        "round",
        "UPDATE",
        "{line} OR {service} OR {day} OR {method} OR {attempt} OR {opens_at} OR {closes_at} OR {objections_until}"
        " OR {beacon_not_before} OR {announcement} OR {announcement_hash} OR {office_key_id}"
        " OR (OLD.stage = 'drawn' AND ({stage} OR {seed} OR {outcome_hash} OR {leaves} OR {peaks}"
        " OR {frozen_leaves} OR {frozen_root} OR {drawn_at}))"
        " OR NEW.leaves < OLD.leaves OR NEW.events < OLD.events"
        " OR (OLD.key_sealed IS NULL AND NEW.key_sealed IS NOT NULL)",
    ),
    (
        "round_step",
        "round",
        "UPDATE",
        "{stage} AND NOT ((OLD.stage = 'collecting' AND NEW.stage = 'closed')"
        " OR (OLD.stage = 'closed' AND NEW.stage = 'frozen') OR (OLD.stage = 'frozen' AND NEW.stage = 'drawn'))",
    ),
    ("kept_round", "round", "DELETE", ""),
    ("kept_request", "request", "DELETE", ""),
    (
        "request_identity",
        "request",
        "UPDATE",
        "{reference} OR {line} OR {service} OR {person_id} OR {holder} OR {asked_by} OR {created_at}",
    ),
    ("request_step", "request", "UPDATE", "{state} AND OLD.state <> 'live'"),
    ("approved_correction", "correction", "UPDATE", "OLD.approved_at IS NOT NULL"),
    ("approved_closure", "closure", "UPDATE", "OLD.approved_at IS NOT NULL"),
)
SLOT = (
    "OLD.state = 'withdrawn' OR {line} OR {service} OR {site_id} OR {day} OR {starts_at} OR {ends_at}"
    " OR {classes} OR {capacity} OR {method} OR {publish_by} OR {published_at} OR {exemption} OR {is_make_up}"
    " OR {opens_at} OR {closes_at} OR {cancel_until}"
)
SLOT_BEFORE = ("frozen_slot", "slot", "UPDATE", SLOT)
SLOT_AFTER = ("frozen_slot", "slot", "UPDATE", SLOT + " OR {requests_until}")
Guard = tuple[str, str, str, str]


class Differing(dict[str, str]):
    """Fills `{column}` with "the column changes", in the words of the dialect."""

    def __init__(self, dialect: str) -> None:
        super().__init__()
        self.words = "IS DISTINCT FROM" if dialect == "postgresql" else "IS NOT"

    def __missing__(self, column: str) -> str:
        return f"OLD.{column} {self.words} NEW.{column}"


def _dialect() -> str:
    return op.get_bind().dialect.name


def _triggers(guards: Iterator[Guard] | tuple[Guard, ...]) -> Iterator[str]:
    """Yield the guards in the words of the database; PostgreSQL has the function from 0002."""
    differing = Differing(_dialect())
    for name, table, event, condition in guards:
        words = condition.format_map(differing)
        if _dialect() == "postgresql":
            when = f"WHEN ({words}) " if words else ""
            yield (
                f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW {when}"
                f"EXECUTE FUNCTION refuse_change('{name}')"
            )
        else:
            when = f"WHEN {words} " if words else ""
            yield f"CREATE TRIGGER {name} BEFORE {event} ON {table} {when}BEGIN SELECT RAISE(ABORT, '{name}'); END"


def _drop(guards: tuple[Guard, ...]) -> None:
    for name, table, _, _ in guards:
        op.execute(f"DROP TRIGGER {name} ON {table}" if _dialect() == "postgresql" else f"DROP TRIGGER {name}")


def _put_up(guards: tuple[Guard, ...]) -> None:
    for statement in _triggers(guards):
        op.get_bind().exec_driver_sql(statement)


def upgrade() -> None:
    _drop((SLOT_BEFORE,))
    _put_up((SLOT_AFTER, *GUARDS))


def downgrade() -> None:
    _drop((SLOT_AFTER, *GUARDS))
    _put_up((SLOT_BEFORE,))
