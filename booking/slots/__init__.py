"""Dated windows, their quota by lane, and the seat ledger."""
