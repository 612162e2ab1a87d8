"""One function for each table, with everything a test does not care about filled in. Names are invented."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import count

from sqlalchemy import select
from sqlalchemy.orm import Session

from booking.accounts.models import Account, Person
from booking.bookings.models import Booking, BookingChannel
from booking.exams.models import ExamResult, Learner
from booking.inspections import sealing
from booking.inspections.models import Agency, How, Owner, OwnerKind, Source, Vehicle
from booking.kernel.actors import Actor, Role
from booking.kernel.calendar import at_local, local_day
from booking.kernel.db import keyring_of
from booking.kernel.identifiers import IdType
from booking.kernel.ids import AccountId, OwnerId, PersonId, SiteId, SlotId, TestLaneId, VehicleId, new_reference
from booking.policies.models import CalendarDay, Policy
from booking.sites.models import Site, SiteHours, SiteService, TestLane
from booking.slots.models import Lane, Method, Quota, Slot

NUMBERS = count(1)
# What the fast tests put in place of a password hash: no password fits it.
NO_PASSWORD = "!"
WEEK = tuple(
    (weekday, opens, closes)
    for weekday in range(1, 6)
    for opens, closes in ((time(8), time(12)), (time(14), time(17)))
)
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def resident_id(number: int, *, born_on: date = date(2000, 1, 1), area: str = "440802") -> str:
    """Return a resident id that is valid by checksum and plainly invented (serial 9xx)."""
    body = f"{area}{born_on:%Y%m%d}{900 + number % 100}"
    return body + "10X98765432"[sum(int(d) * w for d, w in zip(body, WEIGHTS, strict=True)) % 11]


def person(session: Session, *, name: str = "", born_on: date = date(2000, 1, 1), phone: str = "") -> PersonId:
    """Add a person with a unique invented document and phone."""
    number = next(NUMBERS)
    keyring = keyring_of(session)
    born = born_on + timedelta(days=number // 100)
    id_number = resident_id(number, born_on=born)
    phone = phone or f"199{number:08}"
    row = Person(
        name=name or f"测试{number}",
        sort_key=f"ce shi {number:06}",
        id_type=IdType.RESIDENT,
        id_number_sealed=keyring.seal(id_number, column="person.id_number"),
        identity_hash=keyring.digest(f"A:{id_number}", column="person.identity"),
        id_tail_hash=keyring.digest(id_number[-4:], column="person.id_tail"),
        born_on=born,
        phone_sealed=keyring.seal(phone, column="person.phone"),
        phone_hash=keyring.digest(phone, column="person.phone"),
        phone_proved_at=datetime(2026, 1, 1, tzinfo=UTC),
        language="zh",
        created_at=datetime(2026, 1, 1, tzinfo=UTC),
    )
    session.add(row)
    session.flush()  # the id is asked for
    return PersonId(row.id)


def account(
    session: Session,
    role: Role = Role.APPLICANT,
    *,
    person_id: PersonId | None = None,
    site_id: SiteId | None = None,
    login: str = "",
    password_hash: str = NO_PASSWORD,
) -> Actor:
    """Add an account (and its person) and return it as an actor."""
    person_id = person_id or person(session)
    row = Account(
        person_id=person_id,
        role=role,
        login=None if role is Role.APPLICANT else login or f"{role.value}-{next(NUMBERS)}",
        site_id=site_id,
        password_hash=password_hash,
        created_at=datetime(2026, 1, 1, tzinfo=UTC),
    )
    session.add(row)
    session.flush()  # the id is asked for
    return Actor(AccountId(row.id), person_id, role, site_id)


def site(session: Session, *, services: tuple[str, ...] = ("subject_2",), daily_maximum: int = 500) -> SiteId:
    """Add an exam site, open Monday to Friday."""
    number = next(NUMBERS)
    row = Site(
        code=f"4408-T-{number:03}",
        line="exams",
        name=f"测试考场{number}",
        name_en=f"Test site {number}",
        district="麻章区",
        address=f"测试路{number}号",
        phone="0759-0000000",
        daily_maximum=daily_maximum,
    )
    session.add(row)
    session.flush()  # the id is asked for
    session.add_all(SiteService(site_id=row.id, service=service) for service in services)
    session.flush()
    return SiteId(row.id)


def station(
    session: Session,
    *,
    lanes: Sequence[tuple[str, int]] = (("inspection_small", 12), ("inspection_small", 12)),
    hours: Sequence[tuple[int, time, time]] = WEEK,
    daily_maximum: int = 500,
    district: str = "赤坎区",
) -> SiteId:
    """Add a station with test lanes (service, vehicles an hour) and opening hours (ISO weekday, opens, closes)."""
    number = next(NUMBERS)
    row = Site(
        code=f"4408-J-{number:03}",
        line="inspections",
        name=f"测试检验站{number}",
        name_en=f"Test station {number}",
        district=district,
        address=f"检验路{number}号",
        phone="0759-0000000",
        open_weekdays="".join(str(weekday) for weekday in sorted({weekday for weekday, _, _ in hours})),
        daily_maximum=daily_maximum,
    )
    session.add(row)
    session.flush()  # the id is asked for
    site_id = SiteId(row.id)
    services = dict.fromkeys(service for service, _ in lanes)
    session.add_all(SiteService(site_id=site_id, service=service) for service in services)
    session.add_all(
        SiteHours(site_id=site_id, weekday=weekday, opens=opens, closes=closes) for weekday, opens, closes in hours
    )
    for service, rate in lanes:
        station_lane(session, site_id, service=service, vehicles_per_hour=rate)
    return site_id


def station_lane(
    session: Session,
    site_id: SiteId,
    *,
    name: str = "",
    service: str = "inspection_small",
    kinds: str = "",
    vehicles_per_hour: int = 12,
    is_active: bool = True,
) -> TestLaneId:
    """Add a test lane to a station."""
    row = TestLane(
        site_id=site_id,
        name=name or f"{next(NUMBERS)}号线",
        service=service,
        kinds=kinds,
        vehicles_per_hour=vehicles_per_hour,
        is_active=is_active,
    )
    session.add(row)
    session.flush()  # the id is asked for
    return TestLaneId(row.id)


def site_for(session: Session, role: Role) -> SiteId | None:
    """Add a site for roles that are bound to one."""
    if role is Role.STATION:
        return station(session)
    return site(session) if role is Role.EXAM_SITE else None


def slot(
    session: Session,
    *,
    line: str = "exams",
    site_id: SiteId | None = None,
    service: str = "subject_2",
    day: date = date(2026, 12, 8),
    starts: time = time(8, 30),
    released: int = 10,
    capacity: int | None = None,
    classes: str = "",
    published_at: datetime = datetime(2026, 11, 20, 1, 0, tzinfo=UTC),
    closes_at: datetime | None = None,
    method: Method = Method.FIRST_COME,
    lanes: Mapping[Lane, int] | None = None,
) -> SlotId:
    """Add a published slot of one hour with `released` ordinary seats, or with `lanes` of which nothing is released.

    It is open for booking from its publication on. Where a round decides, requests close five days before the
    exam at 17:00, and booking opens three days before it at noon.
    """
    begins = at_local(day, starts)
    of_round = method is not Method.FIRST_COME
    places = lanes or {Lane.ORDINARY: capacity or max(released, 1)}
    row = Slot(
        line=line,
        service=service,
        site_id=site_id or site(session, services=(service,)),
        day=local_day(begins),
        starts_at=begins,
        ends_at=begins + timedelta(hours=1),
        classes=classes,
        capacity=sum(places.values()),
        method=method,
        publish_by=at_local(day - timedelta(days=10), time(9)),
        published_at=published_at,
        requests_until=at_local(day - timedelta(days=5), time(17)) if of_round else None,
        opens_at=at_local(day - timedelta(days=3), time(12)) if of_round else published_at,
        closes_at=closes_at or at_local(day, time.min),
        cancel_until=closes_at or at_local(day, time.min),
    )
    session.add(row)
    session.flush()  # the id is asked for
    for lane, amount in places.items():
        session.add(Quota(slot_id=row.id, lane=lane, capacity=amount, released=0 if lanes else released))
    session.flush()
    return SlotId(row.id)


def setting(session: Session, name: str, value: str, *, since: date = date(2026, 1, 1)) -> None:
    """Add a value of an office setting that two people have agreed on."""
    at = datetime(2025, 12, 1, tzinfo=UTC)
    row = Policy(
        name=name,
        value=value,
        effective_from=since,
        reason="测试",
        proposed_by_person=person(session),
        proposed_at=at,
        approved_by_person=person(session),
        approved_at=at,
    )
    session.add(row)
    session.flush()


def password_alone(session: Session) -> None:
    """Ask staff for no second factor, where a test is about something else."""
    setting(session, "accounts.second_factor", "nobody")


def day_off(session: Session, day: date) -> None:
    """Add a holiday."""
    session.add(CalendarDay(day=day, is_worked=False, name="测试假日", source="test"))
    session.flush()


def learner(
    session: Session,
    person_id: PersonId,
    *,
    licence_class: str = "C1",
    kind: str = "first",
    accepted_on: date = date(2026, 6, 1),
    permit_issued_on: date | None = date(2026, 6, 10),
) -> int:
    """Add a learner's open record; the permit is valid for three years."""
    valid_until = permit_issued_on.replace(year=permit_issued_on.year + 3) if permit_issued_on else None
    row = Learner(
        person_id=person_id,
        licence_class=licence_class,
        kind=kind,
        accepted_on=accepted_on,
        permit_issued_on=permit_issued_on,
        permit_valid_until=valid_until,
    )
    session.add(row)
    session.flush()  # the id is asked for
    return row.id


def passed(session: Session, holder: Actor, subject: str, *, day: date = date(2026, 6, 10)) -> None:
    """Add a passed exam to the open record of a learner."""
    wanted = select(Learner).where(Learner.person_id == holder.person_id, Learner.closed_at.is_(None))
    _add_pass(session, session.scalars(wanted).one(), subject, day)


def _add_pass(session: Session, record: Learner, subject: str, day: date) -> None:
    recorded_at = datetime(2026, 6, 10, tzinfo=UTC)
    session.add(
        ExamResult(
            learner_id=record.id, subject=subject, day=day, outcome="passed", score=95, recorded_at=recorded_at
        )
    )
    session.flush()


def booking_row(
    session: Session,
    holder: Actor,
    slot_id: SlotId,
    *,
    at: datetime,
    held_by: str = "",
    clerk: Actor | None = None,
) -> str:
    """Add a live booking without touching the ledger; return its reference.

    `held_by`: a vehicle. `clerk`: who made it, called on the telephone.
    """
    place = session.get_one(Slot, slot_id)
    row = Booking(
        reference=new_reference(),
        line=place.line,
        service=place.service,
        slot_id=slot_id,
        lane=Lane.ORDINARY,
        person_id=holder.person_id,
        holder=held_by or f"person:{holder.person_id}",
        channel=BookingChannel.PHONE if clerk else BookingChannel.INTERNET,
        booked_by=(clerk or holder).account_id,
        reason="called" if clerk else "",
        request_key=f"test-{next(NUMBERS)}",
        created_at=at,
    )
    session.add(row)
    session.flush()
    return row.reference


def booking(session: Session, holder: Actor, slot_id: SlotId, *, at: datetime) -> str:
    """Add a live booking with its seat counted in the ledger; return its reference."""
    session.get_one(Quota, (slot_id, Lane.ORDINARY)).taken += 1
    return booking_row(session, holder, slot_id, at=at)


def passed_by_everybody(session: Session, subject: str, *, day: date) -> None:
    """Add a passed exam to every open record."""
    for record in session.scalars(select(Learner).where(Learner.closed_at.is_(None))).all():
        _add_pass(session, record, subject, day)


def owner(
    session: Session, *, person_id: PersonId | None = None, name: str = "", district: str = "麻章区"
) -> OwnerId:
    """Add the owner that a person is, or return the one there is; without a person, a company."""
    number = next(NUMBERS)
    keyring = keyring_of(session)
    if person_id is not None:
        known = session.scalar(select(Owner.id).where(Owner.person_id == person_id))
        if known is not None:
            return OwnerId(known)
        person = session.get_one(Person, person_id)
        id_type, id_number = person.id_type.value, keyring.open(person.id_number_sealed, column="person.id_number")
    else:
        id_type, id_number = "N", f"91440800MA{number:08}"
    row = Owner(
        kind=OwnerKind.COMPANY if person_id is None else OwnerKind.PERSON,
        person_id=person_id,
        id_type=id_type,
        number_sealed=sealing.sealed_number(keyring, id_number),
        identity_hash=sealing.identity_hash(keyring, f"{id_type}:{id_number}"),
        name_sealed=sealing.sealed_name(keyring, name or f"测试公司{number}") if person_id is None else None,
        district=district,
        created_at=datetime(2026, 1, 1, tzinfo=UTC),
    )
    session.add(row)
    session.flush()  # the id is asked for
    return OwnerId(row.id)


def agency(session: Session, owner_id: OwnerId, agent: Actor, *, how: How = How.COUNTER) -> None:
    """Let a person act for an owner."""
    row = Agency(
        owner_id=owner_id,
        agent_person_id=agent.person_id,
        how=how,
        evidence="测试委托书",
        consented_at=datetime(2026, 1, 1, tzinfo=UTC),
        recorded_by=agent.account_id,
    )
    session.add(row)
    session.flush()


def vehicle(
    session: Session,
    *,
    person_id: PersonId | None = None,
    owner_id: OwnerId | None = None,
    kind: str = "small_passenger",
    use: str = "A",
    seats: int = 5,
    registered_on: date | None = date(2010, 12, 20),
    valid_until: date | None = date(2026, 12, 31),
    plate_type: str = "02",
    plate: str = "",
    vin: str = "",
    bound_by: PersonId | None = None,
) -> VehicleId:
    """Add a vehicle with a unique invented plate and VIN: bound by the person it belongs to, or known to nobody.

    With `owner_id` it is bound by whom `bound_by` says, and else only known from the register.
    """
    number = next(NUMBERS)
    keyring = keyring_of(session)
    if person_id is not None:
        owner_id, bound_by = owner(session, person_id=person_id), person_id
    row = Vehicle(
        owner_id=owner_id,
        plate_type=plate_type,
        **sealing.plate_columns(keyring, plate or f"粤G{number:05}"),
        **sealing.vin_columns(keyring, vin or f"LTESTVEHC{number:08}"),
        vehicle_kind=kind,
        use=use,
        seats=seats,
        registered_on=registered_on,
        valid_until=valid_until,
        source=Source.IMPORT if bound_by is None else Source.OWNER,
        created_at=datetime(2026, 1, 1, tzinfo=UTC),
        bound_at=None if bound_by is None else datetime(2026, 1, 1, tzinfo=UTC),
        bound_by=bound_by,
    )
    session.add(row)
    session.flush()  # the id is asked for
    return VehicleId(row.id)
