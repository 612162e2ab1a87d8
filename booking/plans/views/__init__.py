"""Pages of plans: the public ones, and the planning desk."""
