"""Pages of demand: the figures, and the drafts made of a suggestion."""
