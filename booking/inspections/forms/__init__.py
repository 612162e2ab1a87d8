"""What the pages of inspections ask for. Forms look at shape only; whether it is allowed is a rule."""
