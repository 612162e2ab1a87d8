"""Pure rules of demand: how many places will be wanted, where they could be given, and the wait that follows."""
