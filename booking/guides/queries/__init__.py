"""Guides and announcements as pages show them."""
