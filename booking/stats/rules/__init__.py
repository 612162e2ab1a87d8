"""What each figure is and how it is rounded. Pure."""
