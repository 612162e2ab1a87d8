"""Requests, rounds and records as pages and the API show them."""
