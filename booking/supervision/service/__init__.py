"""Sealing the log, drawing and closing spot checks, taking the log out."""
