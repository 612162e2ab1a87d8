"""The commands of this system."""

import click


@click.group()
def main() -> None:
    """Booking of driving tests and vehicle inspections."""
