"""Whoever comes on the day: arrival, the queue and its order, the call, the result, and who stayed away."""
