"""Figures in the forms in which they leave the house: JSON, CSV, and a table for a terminal."""
