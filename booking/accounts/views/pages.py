"""Every page of accounts. Importing a module puts its pages on the blueprint, and this names them all."""

from booking.accounts.views import my, registration, reset, signing_in
from booking.accounts.views.blueprint import bp

MODULES = (signing_in, registration, reset, my)

__all__ = ["MODULES", "bp"]
