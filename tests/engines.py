"""Engines that outlive the database they are connected to."""

from sqlalchemy import Engine, event
from sqlalchemy.engine import Dialect, make_url

from booking.kernel.db import make_engine


class KeptEngine:
    """An engine that goes from test to test, for the SQL it has compiled, and connects to the address of the last."""

    def __init__(self, url: str) -> None:
        self.address = make_url(url)
        self._engine = make_engine(url, pool_size=32)
        event.listen(self._engine, "do_connect", self._go_to_the_address)

    def lend(self, url: str) -> Engine:
        """Return an engine over this one: what listens to it is gone with the test."""
        self.address = make_url(url)
        lent = self._engine.execution_options()
        lent.url = self.address
        return lent

    def _go_to_the_address(
        self, dialect: Dialect, record: object, arguments: list[str], options: dict[str, object]
    ) -> None:
        arguments[:], more = dialect.create_connect_args(self.address)
        options.update(more)
