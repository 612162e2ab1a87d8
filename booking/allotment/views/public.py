"""Rounds for everybody: the list, one round with its record and the check in the browser, files."""
