"""The calls of the API, and who may make them."""
