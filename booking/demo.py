"""The demo city: a fictional Zhanjiang on today's clock."""
