"""Requests, the rounds that decide them, the public record of each round, and what two people decide together."""
