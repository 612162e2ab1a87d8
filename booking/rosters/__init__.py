"""The exam day: who is expected in a slot, who came, what they did, and the roster that is closed over it."""
