"""Shares by subject and channel, over bookings made here and imported history."""
