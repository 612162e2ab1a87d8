"""Inspections as pages, jobs and commands read them."""
