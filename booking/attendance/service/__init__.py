"""The verbs of the day, one file for each stretch of it."""
