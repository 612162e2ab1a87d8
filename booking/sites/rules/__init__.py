"""Pure rules of sites: what one can be called and offer, when it is open, and what windows test lanes make."""
