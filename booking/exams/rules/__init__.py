"""The law of driving tests as pure functions: frozen facts in, reasons out. No database, no page, no clock."""
