"""Requests, rounds and the public record: who gets a place is decided in one batch that anybody can recompute."""
