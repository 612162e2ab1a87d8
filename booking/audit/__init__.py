"""Who did what, in which role, with which reason: append-only."""
