"""Verbs of plans, one file for each stage of a plan's life."""
