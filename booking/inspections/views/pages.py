"""Every page of vehicle inspections. Importing a module puts its pages on the blueprint, and this names them all."""

from types import ModuleType

from booking.inspections.views.blueprint import bp

MODULES: tuple[ModuleType, ...] = ()

__all__ = ["MODULES", "bp"]
