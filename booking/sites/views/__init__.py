"""Pages of sites for the office, and for who runs a station."""
