"""Tallies by actor, holder, phone and agent, the rows behind them, spot checks, and how the log is sealed."""
