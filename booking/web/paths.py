"""Addresses that come from outside."""

from typing import Any
from urllib.parse import urlsplit

from werkzeug.routing import IntegerConverter, Map

LARGEST_ID = 2**31 - 1  # of the databases' integer columns


class RowIdConverter(IntegerConverter):
    """The number of a row in an address; one that no row can have is not found, rather than too large to ask for."""

    def __init__(self, url_map: Map, **options: Any) -> None:
        super().__init__(url_map, **{"max": LARGEST_ID, **options})


def own_path(address: str | None) -> str | None:
    """Return `address` if it is a path of this site, else None: nobody is sent to a stranger's page from here."""
    if not address or not address.startswith("/") or address.startswith(("//", "/\\")):
        return None
    parts = urlsplit(address)
    clean = not parts.scheme and not parts.netloc and address.isprintable()
    return address if clean else None
