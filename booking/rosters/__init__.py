"""The exam day: who is expected, checked in, tested, retested, absent."""
