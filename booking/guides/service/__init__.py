"""Writing guides and announcements, each by two persons."""
