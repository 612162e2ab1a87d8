"""Exam sites and inspection stations, with what they serve and when they are open."""
