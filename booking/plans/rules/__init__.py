"""Pure rules of plans: from a weekly pattern to days, when a plan goes out, and what is wrong with it."""
