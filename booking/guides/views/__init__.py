"""Pages of guides and announcements: for everybody, and for those who write and approve them."""
