"""Guides and announcements: public pages that clerks edit and a second person approves."""
