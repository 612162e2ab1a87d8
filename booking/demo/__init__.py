"""The demo city: a fictional Zhanjiang on today's clock. Everybody and every number here is invented."""
