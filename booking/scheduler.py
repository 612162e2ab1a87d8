"""Every job and its hour on one page, and the process that runs them."""
