"""Plans as pages, services and jobs read them."""
