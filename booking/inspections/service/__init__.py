"""Verbs of inspections: binding vehicles, reminding owners, planning from lanes, re-inspections."""
