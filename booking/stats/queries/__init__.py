"""What is counted, in a fixed number of statements."""
