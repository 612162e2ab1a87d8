"""Lets `python -m booking` be the command."""

from booking.entry import main

main()
