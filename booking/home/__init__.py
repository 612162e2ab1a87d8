"""The front page, the language switch, the style page, and the health of the system."""
