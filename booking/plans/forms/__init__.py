"""Forms of plans: the shape of what is entered; whether it may be is asked by the rules."""
