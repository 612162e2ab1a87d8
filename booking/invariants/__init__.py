"""What must always hold, a file for each subject; `asking` asks all of it."""
