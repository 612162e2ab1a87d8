"""What the holder of a booking sees: the pages, the ticket, and what a device keeps of it."""
