"""The facts of demand, loaded in a fixed number of statements, however many learners there are."""
