"""All invariants of the database, each a question whose answer must be empty."""
