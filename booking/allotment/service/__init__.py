"""The verbs of requests and rounds, one file for each part of their life."""
