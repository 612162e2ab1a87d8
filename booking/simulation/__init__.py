"""Weeks of learners, touts and rules, to compare how places can be given. Invented people, the production draw."""
