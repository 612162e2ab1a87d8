"""What a guide is made of, and how its text is read."""
