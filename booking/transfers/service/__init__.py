"""What is done with transfers: asking, keeping the file, working."""
