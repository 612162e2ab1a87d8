"""What the office's supervisor looks at: anomalies, spot checks, the sealed log, and what was taken out of it."""
