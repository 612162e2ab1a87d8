"""Closing a site or a day: preview, proposal, consent, who is left over."""
