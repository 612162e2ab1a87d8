"""The sites and the staff of the demo city."""

from collections.abc import Mapping
from datetime import date, datetime, time

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from booking.accounts.models import Account
from booking.accounts.service import people, signing_in, staff
from booking.accounts.service.factor import SETTING as SECOND_FACTOR
from booking.demo.documents import invented_document, invented_phone
from booking.demo.places import Place
from booking.demo.stations import STATIONS
from booking.kernel.actors import SYSTEM, Actor, Role
from booking.kernel.calendar import local_day
from booking.kernel.ids import SiteId
from booking.plans.rules.pattern import PlannedLine
from booking.policies import queries as settings
from booking.policies import service as policies
from booking.sites.models import Site, SiteService

PASSWORD = "zhanjiang-demo-2026"
LEAST_A_DAY = 20  # people a site is approved for, however few its usual sessions take
OPERATORS = ("station", *(f"station{number}" for number in range(2, len(STATIONS) + 1)))


def sessions(places: int, *hours: str, classes: str = "", priority: int = 0) -> tuple[PlannedLine, ...]:
    """Return sessions "08:30-09:30" with so many places each, a few of them for permits that end soon."""
    windows = [hour.split("-") for hour in hours]
    return tuple(
        PlannedLine(time.fromisoformat(starts), time.fromisoformat(ends), classes, places - priority, priority)
        for starts, ends in windows
    )


EXAM_SITES = (
    Place(
        "4408-K1-01", "演示赤坎理论考场", "Demo theory centre, Chikan", "赤坎区", "赤坎区示例路1号",
        {
            "subject_1": sessions(3, "08:30-10:00", "10:15-11:45"),
            "safety": sessions(2, "14:30-16:00", "16:15-17:45"),
        },
        "示例路1号二楼；公交示例站下车，走东门，按地面蓝线到候考室。",
        "1 Shili Road, second floor: bus stop Shili, then the east gate and the blue line on the ground.",
    ),
    Place(
        "4408-K2-01", "演示麻章科目二考场", "Demo field site, Mazhang", "麻章区", "麻章区示例大道88号",
        {"subject_2": sessions(3, "08:30-10:00", "10:00-11:30", "14:30-16:00", priority=1)},
        "示例大道南侧，进门左转；考生从2号门进，不收停车费。",
        "South side of Shili Avenue, left after the entrance: learners come by gate 2, parking is free.",
    ),
    Place(
        "4408-K2-02", "演示廉江科目二考场", "Demo field site, Lianjiang", "廉江市", "廉江市示例街20号",
        {"subject_2": sessions(2, "09:00-10:30", "15:00-16:30", classes="C1,C2,C5")},
    ),
    Place(
        "4408-K3-01", "演示坡头路考考场", "Demo road site, Potou", "坡头区", "坡头区示例路6号",
        {
            "road": sessions(3, "08:30-10:00", "10:00-11:30", "14:30-16:00", priority=1),
            "safety": sessions(2, "16:30-17:30"),
        },
        "坡头演示广场旁；在广场北角集合，由工作人员带入考场。",
        "Beside Yanshi square in Potou: meet at its north corner, from where staff take you to the start.",
    ),
)  # fmt: skip
# login, role, name; each station has an operator, the first one by the shortest name
STAFF = (
    ("planner", Role.PLANNER, "演示计划员"),
    ("approver", Role.APPROVER, "演示审批员"),
    ("counter", Role.COUNTER, "演示窗口甲"),
    ("counter2", Role.COUNTER, "演示窗口乙"),
    ("supervisor", Role.SUPERVISOR, "演示监督员"),
    ("admin", Role.ADMINISTRATOR, "演示管理员"),
    ("examsite", Role.EXAM_SITE, "演示考场员"),
    *((login, Role.STATION, login.replace("station", "演示检验员")) for login in OPERATORS),
)


def let_in_by_password(session: Session, *, now: datetime) -> None:
    """Ask staff for no second factor, so that the printed sign-ins are all it takes; where it was set, it stays."""
    if settings.setting_shown(session, SECOND_FACTOR, local_day(now)).entries:
        return
    people = {
        account.role: signing_in.actor_of(account)
        for account in session.scalars(select(Account).where(Account.login.in_(("planner", "approver"))))
    }
    reason = "演示城市：用公布的登录名和密码即可登录。"
    day = local_day(now)
    proposal = policies.propose(
        session, SECOND_FACTOR, "nobody", effective_from=day, reason=reason, actor=people[Role.PLANNER], now=now
    )
    policies.approve(session, proposal, actor=people[Role.APPROVER], now=now)


def add_sites(session: Session) -> dict[str, SiteId]:
    """Add the exam sites; return site ids by code."""
    ids = {}
    for site in EXAM_SITES:
        most = max(LEAST_A_DAY, sum(line.places for lines in site.sessions.values() for line in lines))
        ids[site.code] = _add(session, site, line="exams", daily_maximum=most)
        rows = [
            {"site_id": ids[site.code], "service": service, "classes": lines[0].classes}
            for service, lines in site.sessions.items()
        ]
        session.execute(insert(SiteService), rows)
    return ids


def _add(session: Session, place: Place, **more: object) -> SiteId:
    row = insert(Site).values(
        code=place.code,
        name=place.name,
        name_en=place.name_en,
        district=place.district,
        address=place.address,
        directions=place.directions,
        directions_en=place.directions_en,
        phone="0759-0000000",
        **more,
    )
    return SiteId(session.execute(row.returning(Site.id)).scalar_one())


def add_staff(session: Session, site_ids: Mapping[str, SiteId], *, now: datetime) -> dict[str, Actor]:
    """Add one account of each role, two at the counter, one at each station; return the actors by login."""
    sites = {login: site_ids[station.place.code] for login, station in zip(OPERATORS, STATIONS, strict=True)}
    sites["examsite"] = site_ids[EXAM_SITES[1].code]
    actors = {}
    for number, (login, role, name) in enumerate(STAFF):
        document = invented_document(9_000 + number, born_on=date(1985, 5, 1))
        person_id = people.add_person(
            session, name=name, document=document, phone=invented_phone(9_000 + number),
            born_on=document.born_on or date(1985, 5, 1), actor=SYSTEM, now=now,
        )  # fmt: skip
        account_id = staff.add_staff_account(
            session, person_id, role, login, PASSWORD, site_id=sites.get(login), actor=SYSTEM, now=now
        )
        actors[login] = signing_in.actor_of(session.get_one(Account, account_id))
    return actors
