"""The pages of figures: what everybody sees, and what the office sees."""
