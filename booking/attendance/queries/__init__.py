"""Visits as pages show them, the board of a day, and the settings that a day goes by."""
