"""Verbs of sites: what they are, their opening days, and what stations have beside that."""
