"""The desk of rounds: numbers of a draw, corrections, alarms."""
