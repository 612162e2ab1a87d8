"""The application for tests of pages: built once in each process, since that takes longer than most of the tests."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from flask import Flask

from booking.app import create_app
from booking.kernel.clock import Clock
from booking.kernel.db import Sessions
from config import Settings


@dataclass(frozen=True)
class Built:
    """An application, and what stood in it when it was built."""

    app: Flask
    config: dict[str, Any]
    extensions: dict[str, Any]


BUILT: dict[Settings, Built] = {}


def application(settings: Settings, sessions: Sessions, clock: Clock) -> Flask:
    """Return the application on this database and clock, as if it had just been built.

    Whatever an earlier test set in its configuration or kept beside it is gone. There is one at a time.
    """
    alike = replace(settings, data=Path(), database_url="", key_file=Path())  # the sessions stand for these three
    if alike not in BUILT:
        app = create_app(settings, sessions=sessions, clock=clock)
        BUILT[alike] = Built(app, dict(app.config), dict(app.extensions))
    built = BUILT[alike]
    house = replace(built.extensions["house"], sessions=sessions, clock=clock)
    for kept, now in (
        (built.app.config, built.config | {"SECRET_KEY": sessions.keyring.signing}),
        (built.app.extensions, built.extensions | {"house": house}),
    ):
        kept.clear()
        kept.update(now)
    return built.app
