"""The line "vehicle inspections": vehicles and owners, when they are due, stations, and the pages for them."""
