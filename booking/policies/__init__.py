"""Dated office settings and the working-day calendar."""
