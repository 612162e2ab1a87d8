"""Booking of driving tests and vehicle inspections for a city vehicle office."""
