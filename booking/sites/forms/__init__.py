"""Forms of the sites, one file for each of their pages or two."""
