"""Addresses that come from outside."""

from urllib.parse import urlsplit


def own_path(address: str | None) -> str | None:
    """Return `address` if it is a path of this site, else None: nobody is sent to a stranger's page from here."""
    if not address or not address.startswith("/") or address.startswith(("//", "/\\")):
        return None
    parts = urlsplit(address)
    clean = not parts.scheme and not parts.netloc and address.isprintable()
    return address if clean else None
