"""The work on transfers, outside of any request."""
