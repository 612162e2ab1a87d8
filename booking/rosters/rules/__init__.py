"""What holds on an exam day, free of database and pages."""
