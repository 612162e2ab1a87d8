"""The fair order of the queue, the waits to expect, and the figures of a day. Pure."""
