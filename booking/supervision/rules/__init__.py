"""What counts as an anomaly, how the log is sealed, and how cases are drawn. Pure."""
