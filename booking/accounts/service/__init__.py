"""Verbs on people and accounts, one file for each group of them."""
