"""Pages of driving tests: the learner's own, and the counter's."""
