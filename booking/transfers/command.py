"""`booking import` and `booking export`: files in and out at a terminal, with the verbs that the pages use."""

import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from booking.audit import service as audit
from booking.kernel.actors import SYSTEM
from booking.kernel.errors import InvalidInputError
from booking.kernel.ids import SiteId
from booking.kernel.tables import telling
from booking.sites.models import Site
from booking.sites.service.lists import Imported
from booking.transfers.kinds import INCOMING, OUTGOING
from booking.transfers.scope import Scope
from booking.transfers.service.making import write_kind

# Drafts and attempts are somebody's: they come in by the pages, under the name of who answers for them.
READ = sorted(set(INCOMING) - {"plans", "attempts"})
TOLD_EVERY = 200  # rows
PRIVATE = 0o600
OPTIONS = {"first_day": "--from", "last_day": "--to", "site_id": "--site", "site": "--site"}
Day = click.DateTime(formats=["%Y-%m-%d"])
Writing = Callable[[], AbstractContextManager[tuple[Session, datetime]]]
Looking = Callable[[], AbstractContextManager[Session]]


class OnlyTriedError(Exception):
    """Ends the transaction of a dry run."""

    def __init__(self, done: object) -> None:
        super().__init__()
        self.done = done


class Line:
    """One line on a terminal that says how far the work is; nothing where nobody is looking."""

    def __init__(self) -> None:
        self._is_seen = sys.stderr.isatty()
        self._is_begun = False

    def tell(self, done: int, total: int) -> None:
        if self._is_seen and (done % TOLD_EVERY == 0 or done == total):
            self._is_begun = True
            click.echo(f"\r{done:,} of {total:,} lines" if total else f"\r{done:,} lines", nl=False, err=True)

    def end(self) -> None:
        if self._is_begun:
            click.echo(err=True)


def file_commands(
    writing: Writing,
    looking: Looking,
    instant: Callable[[], datetime],
    in_one_line: Callable[..., Any],
    fail: Callable[[str], None],
) -> tuple[click.Command, click.Command]:
    """Return both commands; `writing` and `looking` open sessions, `in_one_line` and `fail` word what goes wrong."""

    @click.command("import")
    @click.argument("what", type=click.Choice(READ))
    @click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
    @click.option("--dry-run", is_flag=True, help="Try the whole file and store nothing.")
    @in_one_line
    def import_file(what: str, file: Path, dry_run: bool) -> None:
        """Read a CSV file or a workbook (XLSX): all of it, or nothing with every wrong line named."""
        line = Line()
        try:
            with writing() as (session, now), telling(line.tell):
                done = INCOMING[what].bring_in(Scope())(session, file.read_bytes(), actor=SYSTEM, now=now)
                if dry_run:
                    session.flush()  # what the database refuses, it refuses in a dry run too
                    raise OnlyTriedError(done)
        except OnlyTriedError as tried:
            line.end()
            click.echo(f"Would import {what}: {_in_words(tried.done)}. Nothing was stored.")
            return
        finally:
            line.end()
        click.echo(f"Imported {what}: {_in_words(done)}.")

    @click.command("export")
    @click.argument("what", type=click.Choice(sorted(OUTGOING)))
    @click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
    @click.option("--from", "first", type=Day, help="First day, YYYY-MM-DD, of kinds that have days.")
    @click.option("--to", "last", type=Day, help="Last day, included; else the first day alone.")
    @click.option("--site", metavar="CODE", help="One site, of kinds that ask for it.")
    @in_one_line
    def export_file(what: str, file: Path, first: datetime | None, last: datetime | None, site: str | None) -> None:
        """Write a file, a workbook if its name ends in .xlsx, else CSV.

        Personal data stands in it in clear, so it is for this user's eyes alone.
        """
        line, part = Line(), file.with_name(f"{file.name}.part")
        try:
            part.touch(mode=PRIVATE)
            part.chmod(PRIVATE)
            with part.open("w+b") as target, looking() as session:
                scope = Scope(_day(first), _day(last or first), _site(session, site))
                count = write_kind(
                    session, what, scope, target, line.tell, workbook=file.suffix.lower() == ".xlsx",
                    notes=[("导出 Taken out by", "booking export")], now=instant(), encoding="utf-8",
                )  # fmt: skip
            part.replace(file)  # what stood there before is kept until the new file is whole
        except InvalidInputError as failure:
            raise InvalidInputError(OPTIONS.get(failure.field, failure.field)) from failure
        except OSError as failure:
            fail(f"{file} cannot be written: {failure.strerror}")
            return
        finally:
            line.end()
            with suppress(OSError):
                part.unlink(missing_ok=True)
        with writing() as (session, now):
            audit.record(
                session, "file taken out", "export", what, actor=SYSTEM, now=now, reason="booking export",
                after={"count": count},
            )  # fmt: skip
        click.echo(f"Exported {what}: {count}.")

    return import_file, export_file


def _in_words(done: object) -> str:
    return f"{done.added} added, {done.changed} changed" if isinstance(done, Imported) else str(done)


def _site(session: Session, code: str | None) -> SiteId | None:
    if code is None:
        return None
    site_id = session.scalar(select(Site.id).where(Site.code == code))
    if site_id is None:
        raise InvalidInputError("site")
    return SiteId(site_id)


def _day(value: datetime | None) -> date | None:
    return value.date() if value else None
