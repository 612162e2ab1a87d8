"""Sites as others read them, and on which days they are open."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from booking.kernel.calendar import ONE_DAY, WorkingDays
from booking.kernel.errors import NotFoundError
from booking.kernel.ids import SiteId
from booking.sites.models import Site, SiteDay, SiteService
from booking.sites.rules.site import Offer, SiteFacts, is_open


@dataclass(frozen=True, slots=True)
class SiteShown:
    """A site with what it offers."""

    id: SiteId
    facts: SiteFacts

    def named(self, language: str) -> str:
        """Return the name in the language of a page; Chinese where there is no other."""
        return self.facts.name if language == "zh" else self.facts.name_en or self.facts.name


@dataclass(frozen=True, slots=True)
class DayShown:
    """A day on which a site is open or closed against its week, and why."""

    day: date
    is_open: bool
    reason: str


def site(session: Session, site_id: SiteId) -> SiteShown:
    """Return a site, or raise `NotFoundError`; two statements."""
    return _one(session, select(Site).where(Site.id == site_id))


def site_by_code(session: Session, code: str) -> SiteShown:
    """Return the site of a code, or raise `NotFoundError`; two statements."""
    return _one(session, select(Site).where(Site.code == code))


def sites(session: Session, line: str | None = None, *, active_only: bool = True) -> Sequence[SiteShown]:
    """Return the sites of a line, or of all, by line, district and name; two statements."""
    wanted = select(Site).order_by(Site.line, Site.district, Site.name, Site.id)
    if line is not None:
        wanted = wanted.where(Site.line == line)
    if active_only:
        wanted = wanted.where(Site.is_active)
    return _sites(session, wanted)


def codes(session: Session) -> Mapping[str, SiteId]:
    """Return the id of every site by its code."""
    return {code: SiteId(site_id) for code, site_id in session.execute(select(Site.code, Site.id))}


def openings(session: Session, site_id: SiteId, first: date, last: date, worked: WorkingDays) -> Mapping[date, bool]:
    """Return for each day from `first` to `last`, both included, whether the site is open; two statements.

    `worked` comes from `policies.queries.working_days`; a site that is out of use is closed. Raise `NotFoundError`.
    """
    found = openings_of_sites(session, (site_id,), first, last, worked)
    if site_id not in found:
        raise NotFoundError
    return found[site_id]


def openings_of_sites(
    session: Session, site_ids: Collection[SiteId], first: date, last: date, worked: WorkingDays
) -> Mapping[SiteId, Mapping[date, bool]]:
    """Return the openings of several sites; two statements, however many there are."""
    weeks = select(Site.id, Site.open_weekdays, Site.is_active).where(Site.id.in_(site_ids))
    against = select(SiteDay.site_id, SiteDay.day, SiteDay.is_open).where(
        SiteDay.site_id.in_(site_ids), SiteDay.day.between(first, last)
    )
    exceptions = {(number, day): opens for number, day, opens in session.execute(against)}
    days = [first + ONE_DAY * number for number in range((last - first).days + 1)]
    return {
        SiteId(number): {
            day: is_active and is_open(habit, day, exceptions.get((number, day)), worked) for day in days
        }
        for number, habit, is_active in session.execute(weeks)
    }


def days(session: Session, site_id: SiteId, first: date) -> Sequence[DayShown]:
    """Return the days from `first` on that are set against the site's week."""
    wanted = select(SiteDay).where(SiteDay.site_id == site_id, SiteDay.day >= first).order_by(SiteDay.day)
    return [DayShown(row.day, row.is_open, row.reason) for row in session.scalars(wanted)]


def day_set(session: Session, site_id: SiteId, day: date) -> DayShown | None:
    """Return what is set for one day, or None: then the site's week and the calendar decide."""
    row = session.scalar(select(SiteDay).where(SiteDay.site_id == site_id, SiteDay.day == day))
    return DayShown(row.day, row.is_open, row.reason) if row else None


def _one(session: Session, wanted: Select[Site]) -> SiteShown:
    found = _sites(session, wanted)
    if not found:
        raise NotFoundError
    return found[0]


def _sites(session: Session, wanted: Select[Site]) -> Sequence[SiteShown]:
    rows = session.scalars(wanted.execution_options(populate_existing=True)).all()
    offered = select(SiteService).where(SiteService.site_id.in_([row.id for row in rows])).order_by(SiteService.id)
    offers: dict[int, list[Offer]] = {row.id: [] for row in rows}
    for offer in session.scalars(offered):
        offers[offer.site_id].append(Offer(offer.service, offer.classes))
    return [SiteShown(SiteId(row.id), _facts(row, tuple(offers[row.id]))) for row in rows]


def _facts(row: Site, offers: tuple[Offer, ...]) -> SiteFacts:
    columns = (name for name in SiteFacts.__dataclass_fields__ if name != "offers")
    return SiteFacts(**{name: getattr(row, name) for name in columns}, offers=offers)
