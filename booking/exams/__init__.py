"""The line of business "driving tests": the learner's record, the law's rules, its pages."""
