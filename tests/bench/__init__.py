"""Measuring: each figure beside a reference taken in the same run, on the same server settings."""
