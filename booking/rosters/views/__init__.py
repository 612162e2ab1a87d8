"""The pages of an exam day at its site."""
