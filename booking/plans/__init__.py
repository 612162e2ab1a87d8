"""Slot plans: drafted, approved by a second person, published on time, then frozen."""
