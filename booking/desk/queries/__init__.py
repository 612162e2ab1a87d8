"""What the desk looks for and looks at."""
