"""Messages to people: written with the act, sent after it."""
