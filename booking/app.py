"""The web application: built from settings, nothing global."""

from pathlib import Path

from flask import Flask
from flask.json.provider import DefaultJSONProvider
from flask_login import LoginManager, current_user
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from booking.accounts.views import pages as accounts
from booking.accounts.views.browser import signed_in, to_sign_in
from booking.allotment.views import pages as allotment
from booking.api import document
from booking.api.views import pages as api
from booking.audit import views as audit
from booking.audit import words as log_words
from booking.bookings import registered
from booking.bookings.views import pages as bookings
from booking.demand.views import pages as demand
from booking.desk.views import pages as desk
from booking.exams.views import pages as exams
from booking.guides.views import pages as guides
from booking.home import views as home
from booking.inspections.views import pages as inspections
from booking.kernel.actors import Role
from booking.kernel.clock import Clock, SystemClock
from booking.kernel.db import Sessions, make_engine
from booking.kernel.errors import Wording
from booking.kernel.logs import start_logging
from booking.kernel.secrets import read_keyring
from booking.lines import LINES, service_names
from booking.notices import views as notices
from booking.plans.views import pages as plans
from booking.policies import views as policies
from booking.policies.rules.catalogue import SETTINGS
from booking.ratings import views as ratings
from booking.rosters.views import pages as rosters
from booking.sites.views import pages as sites
from booking.stats.views import pages as stats
from booking.supervision.rules.catalogue import BY_CODE
from booking.supervision.views import pages as supervision
from booking.transfers.views import pages as transfers
from booking.transfers.words import NAMES
from booking.web import assets, compression, easy, errors, headers, language, words
from booking.web.house import House, Office, house
from booking.web.language import worded
from booking.web.navigation import navigation, this_page
from booking.web.paths import RowIdConverter
from config import Settings, read_settings

ROOT = Path(__file__).parents[1]
# What strangers open first; nearly all that is made at its first use, such as statements and formats, is met there.
FIRST_PAGES = ("/", "/plans", "/stats", "/stats/wait")
LARGEST_BODY = 8 * 1024 * 1024  # an imported file; forms are far smaller
BLUEPRINTS = (
    accounts.bp,
    allotment.bp,
    api.bp,
    audit.bp,
    bookings.bp,
    desk.bp,
    demand.bp,
    exams.bp,
    guides.bp,
    home.bp,
    inspections.bp,
    notices.bp,
    plans.bp,
    policies.bp,
    rosters.bp,
    ratings.bp,
    sites.bp,
    stats.bp,
    supervision.bp,
    transfers.bp,
)


class ReadableJson(DefaultJSONProvider):
    """JSON whose Chinese can be read as it stands."""

    ensure_ascii = False


def open_sessions(settings: Settings) -> Sessions:
    """Open the configured database with the keys of this installation."""
    return Sessions(make_engine(settings.database_url), read_keyring(settings.key_file))


def create_app(
    settings: Settings | None = None, *, sessions: Sessions | None = None, clock: Clock | None = None
) -> Flask:
    """Build the application; tests hand in their own sessions and clock."""
    settings = settings or read_settings()
    sessions = sessions or open_sessions(settings)
    app = Flask("booking", template_folder=str(ROOT / "templates"), static_folder=str(ROOT / "static"))
    app.config.update(
        SECRET_KEY=sessions.keyring.signing,
        SESSION_COOKIE_NAME="__Host-booking" if settings.secure_cookies else "booking",
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        MAX_CONTENT_LENGTH=LARGEST_BODY,
        WTF_CSRF_TIME_LIMIT=12 * 3600,
    )
    app.json = ReadableJson(app)
    app.url_map.converters["int"] = RowIdConverter
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    office = Office(Wording(settings.office_zh, settings.office_en), settings.office_phone)
    app.extensions["house"] = House(sessions, clock or SystemClock(), office, settings.is_demo)
    app.extensions[registered.KEY] = LINES
    language.install(app)
    easy.install(app)
    words.install(app, service_names())
    log_words.install(app, _codes_in_the_log())
    headers.install(app, over_tls=settings.secure_cookies)  # first: what is done to an answer is done last to first
    compression.install(app)
    assets.install(app)
    errors.install(app)
    CSRFProtect(app).exempt(api.bp)  # its callers bring a token that no browser sends by itself
    _install_sign_in(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    document.install(app)
    app.context_processor(_frame)
    if settings.proxy_hops:
        hops = settings.proxy_hops
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]  # Flask's documented way
    return app


def _codes_in_the_log() -> log_words.Codes:
    """Collect what the features above the log call the codes they write into it."""
    return {
        "name": {name: setting.title for name, setting in SETTINGS.items()},
        **{f"{name}:": setting.choices for name, setting in SETTINGS.items()},
        "kind": NAMES,
        "rule": {code: rule.name for code, rule in BY_CODE.items()},
        "lifted": {code: called for line in LINES.values() for code, called in line.liftable.items()},
    }


def served() -> Flask:
    """Build the application for the web server, whose processes begin with nothing: logging comes first."""
    start_logging(as_json=True)
    app = create_app()
    load_templates(app)
    open_first_pages(app)
    return app


def load_templates(app: Flask) -> None:
    """Compile every page before the workers part: nobody waits for it who opens one first, and they share it.

    A page that cannot be compiled stops the start, not the person who opens it.
    """
    for name in app.jinja_env.list_templates(extensions=["html", "svg"]):
        app.jinja_env.get_template(name)


def open_first_pages(app: Flask) -> None:
    """Answer a few public pages before the workers part, so that no visitor waits for what is made at its first use.

    A page that fails is logged as for any visitor and does not stop the start: the database may be away for a moment.
    What was opened of it is closed again, since no connection may be in two processes.
    """
    client = app.test_client()
    with app.app_context():
        for address in FIRST_PAGES:
            client.get(address)
        house().sessions.engine.dispose()


def _install_sign_in(app: Flask) -> None:
    manager = LoginManager(app)
    manager.session_protection = None  # the sign-in on the server decides, not a guess from the address
    manager.login_view = "accounts.sign_in"
    manager.login_message = None
    manager.user_loader(signed_in)
    manager.unauthorized_handler(to_sign_in)


def _frame() -> dict[str, object]:
    """What every page may show: `may_book` is false for staff, whom the pages of applicants turn away."""
    office = house().office
    me = current_user if current_user.is_authenticated else None
    return {
        "me": me,
        "may_book": me is None or me.role is Role.APPLICANT,
        "office": {
            "name": worded(office.name),
            "phone": language.whole(office.phone),
            "dial": office.phone.replace(" ", ""),
            "hours": language.whole(worded(office.hours)),
        },
        "demo": house().is_demo,
        "navigation": navigation(),
        "this_page": this_page(),
    }
