"""The public figures: shares by subject and channel, and what became of the cars at stations."""
