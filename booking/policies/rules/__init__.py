"""What an office may set, in which bounds, and what follows from the values together. Pure."""
