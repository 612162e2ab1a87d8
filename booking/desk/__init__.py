"""The clerk's desk: one search, acting on behalf, overrides."""
