"""People, their accounts and roles, signing in and out."""
