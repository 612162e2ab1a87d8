"""Every page of guides. Importing a module puts its pages on the blueprint, and this names them all."""

from booking.guides.views import announcements, guides, public
from booking.guides.views.blueprint import bp

MODULES = (public, guides, announcements)

__all__ = ["MODULES", "bp"]
