"""Words of the planning pages that hang on codes, and the choices of sites and services in the reader's language."""

from collections.abc import Mapping, Sequence

from flask import get_template_attribute
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from wtforms import SelectChoice

from booking.plans.queries.board import SiteChoice
from booking.web.language import language

ACTS: Mapping[str, LazyString] = {
    "plan drafted": _l("Drafted"),
    "plan changed": _l("Changed"),
    "plan submitted": _l("Submitted for approval"),
    "plan returned": _l("Returned to draft"),
    "plan approved": _l("Approved"),
    "plan published": _l("Published"),
    "plan discarded": _l("Discarded"),
    "publication missed": _l("Publication missed"),
    "withdrawal proposed": _l("Withdrawal of a session proposed"),
    "withdrawal declined": _l("Withdrawal of a session declined"),
    "slot withdrawn": _l("Session withdrawn"),
}


def service_name(code: str) -> str:
    """Return what people call a service, in the reader's language."""
    return str(get_template_attribute("plans/words.html", "service")(code)).strip()


def site_name(site: SiteChoice) -> str:
    """Return the site's name in the reader's language."""
    return site.name_en if language() == "en" and site.name_en else site.name


def place_choices(sites: Sequence[SiteChoice]) -> list[SelectChoice]:
    """Return the pairs of site and service that can be planned."""
    return [
        SelectChoice(f"{site.id}:{service}", f"{site_name(site)} · {service_name(service)}")
        for site in sites
        for service in site.services
    ]


def service_choices(sites: Sequence[SiteChoice]) -> list[SelectChoice]:
    """Return the services that any site offers, with "all" first."""
    codes = dict.fromkeys(service for site in sites for service in site.services)
    named = (SelectChoice(code, service_name(code)) for code in sorted(codes, key=law_order))
    return [SelectChoice("", _l("All services")), *named]


def site_choices(sites: Sequence[SiteChoice]) -> list[SelectChoice]:
    """Return the sites, with "all" first."""
    return [
        SelectChoice("", _l("All test sites and stations")),
        *(SelectChoice(str(site.id), site_name(site)) for site in sites),
    ]


def law_order(code: str) -> tuple[int, str]:
    """Sort services as the law lists them (Order 162, art. 30)."""
    order = ("subject_1", "subject_2", "road", "safety")
    return (order.index(code) if code in order else len(order), code)
