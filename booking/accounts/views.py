"""Pages of accounts: registering, signing in and out, one's own data."""

from flask import Blueprint

from booking.web.house import SignedIn

bp = Blueprint("accounts", __name__)


def load_signed_in(token: str) -> SignedIn | None:
    """Return who holds the sign-in behind a cookie, or None when it has ended."""
    return None
