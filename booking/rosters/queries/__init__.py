"""Rosters as pages, files and jobs read them."""
