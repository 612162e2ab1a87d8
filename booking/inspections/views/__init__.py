"""Pages of inspections: owners, stations, the counter."""
