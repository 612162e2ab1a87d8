"""The verbs of the exam day, one file for each stretch of it."""
