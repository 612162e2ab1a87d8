"""Pages of accounts: signing in and out, registering, one's own data."""
