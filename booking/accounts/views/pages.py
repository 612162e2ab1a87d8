"""Every page of accounts. Importing a module puts its pages on the blueprint, and this names them all."""

from booking.accounts.views import my, my_factor, registration, reset, second_step, signing_in, staff, staying
from booking.accounts.views.blueprint import bp

MODULES = (signing_in, second_step, registration, reset, my, my_factor, staff, staying)

__all__ = ["MODULES", "bp"]
