"""A booking as a file for the reader's own calendar (RFC 5545). It names no person: calendars are shared."""

import re
from datetime import date, datetime, time, timedelta

from babel.dates import format_date
from icalendar import Alarm, Calendar, Event, vCalAddress

from booking.bookings.line import Line
from booking.bookings.models import BookingState
from booking.bookings.queries import ShownBooking
from booking.kernel.calendar import LOCAL, ONE_DAY
from booking.kernel.errors import Language, Wording

MEDIA_TYPE = "text/calendar"
PRODUCT = "-//booking//calendar entry//ZH"
CANCELLED = (BookingState.CANCELLED, BookingState.CANCELLED_BY_OFFICE)
EARLY = timedelta(minutes=30)
NOT_IN_TEL = re.compile(r"[^0-9+*#-]", re.ASCII)  # RFC 3966
# The zone has had one offset since 1991; older summers would only make the file longer.
ZONE_SINCE = date(2000, 1, 1)
DAY: dict[Language, str] = {"zh": "y年M月d日", "en": "d MMM y"}

SUMMARY = Wording("{service}（{site}）", "{service}, {site}")
SUMMARY_CANCELLED = Wording("已取消：{service}（{site}）", "Cancelled: {service}, {site}")
PLACE = Wording("{site}，{address}", "{site}, {address}")
TEXT = Wording(
    "预约编号：{reference}\n{coming}\n如不能参加，请在 {deadline} 前在网上取消。\n现场电话：{phone}",
    "Reference: {reference}\n{coming}\n"
    "If you cannot come, cancel on line before {deadline}.\nTelephone of the place: {phone}",
)
TEXT_CANCELLED = Wording(
    "预约编号：{reference}\n这个预约已取消，不用到场。",
    "Reference: {reference}\nThis booking is cancelled; you need not come.",
)
REMINDER = Wording("明天 {starts}：{service}（{site}）", "Tomorrow at {starts}: {service}, {site}")


def come_by(booking: ShownBooking) -> datetime:
    """Return the instant by which the holder is asked to be there."""
    return booking.starts_at - EARLY


def media_type(booking: ShownBooking) -> str:
    """Return the type of a booking's file; that of a cancellation names its method, as programs of mail expect."""
    return f"{MEDIA_TYPE}; charset=utf-8" + ("; method=CANCEL" if booking.state in CANCELLED else "")


def calendar_file(
    booking: ShownBooking, line: Line, language: Language, *, called: str, revised_at: datetime, now: datetime
) -> bytes:
    """Return a calendar with this booking as its one event, in UTF-8. `called` names a holder that is no person.

    The event keeps its UID for life and counts every change and the cancellation in SEQUENCE, so that a calendar
    that reads the file again moves or strikes out the event it has. A place that is held makes an entry of the
    holder's own, without METHOD: nobody is invited, and nobody asked for an answer. A cancellation says so by its
    METHOD, and names the place as its organizer, without which the method means nothing (RFC 5546, 3.2.5).
    """
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    event = _event(booking, _facts(booking, line, called, language), language)
    event.add("dtstamp", now)
    event.add("last-modified", revised_at)
    if booking.state in CANCELLED:
        calendar.add("method", "CANCEL")
        event.add("organizer", _place(booking))
    calendar.add_component(event)
    calendar.add_missing_timezones(first_date=ZONE_SINCE)
    content: bytes = calendar.to_ical()
    return content


def _place(booking: ShownBooking) -> vCalAddress:
    address = vCalAddress(f"tel:{NOT_IN_TEL.sub('', booking.site_phone)}")
    address.params["CN"] = booking.site_name
    return address


def _event(booking: ShownBooking, facts: dict[str, str], language: Language) -> Event:
    is_cancelled = booking.state in CANCELLED
    event = Event()
    event.add("uid", f"{booking.reference}@booking")
    event.add("sequence", booking.changes + is_cancelled)
    event.add("status", "CANCELLED" if is_cancelled else "CONFIRMED")
    event.add("created", booking.created_at)
    event.add("dtstart", booking.starts_at.astimezone(LOCAL))
    event.add("dtend", booking.ends_at.astimezone(LOCAL))
    event.add("summary", (SUMMARY_CANCELLED if is_cancelled else SUMMARY).filled(language, facts))
    event.add("location", PLACE.filled(language, facts))
    event.add("description", (TEXT_CANCELLED if is_cancelled else TEXT).filled(language, facts))
    if not is_cancelled:
        event.add_component(Alarm.new_display(REMINDER.filled(language, facts), -ONE_DAY))
    return event


def _facts(booking: ShownBooking, line: Line, called: str, language: Language) -> dict[str, str]:
    """Return what stands in the gaps of the wordings, in the reader's language; hours are those of the office."""
    hours = {
        "come": f"{come_by(booking).astimezone(LOCAL):%H:%M}",
        "starts": f"{booking.starts_at.astimezone(LOCAL):%H:%M}",
        "ends": f"{booking.ends_at.astimezone(LOCAL):%H:%M}",
    }
    return {
        **hours,
        "coming": line.coming.filled(language, hours),
        "service": f"{line.services[booking.service].filled(language, {})} {called}".strip(),
        "site": booking.site_name if language == "zh" else booking.site_name_en or booking.site_name,
        "address": booking.address,
        "reference": booking.reference,
        "deadline": _deadline(booking.cancel_until, language),
        "phone": booking.site_phone,
    }


def _deadline(instant: datetime, language: Language) -> str:
    """Write a deadline; midnight is the end of the day before."""
    local = instant.astimezone(LOCAL)
    at_midnight = local.time() == time.min
    day = format_date(local.date() - ONE_DAY * at_midnight, DAY[language], locale=language)
    return f"{day} {'24:00' if at_midnight else f'{local:%H:%M}'}"
