"""Lets `python -m booking` be the command."""

from booking.cli import main

main()
