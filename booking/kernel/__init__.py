"""What every feature stands on: clock, calendar, errors, database, ids, secrets, identifiers, actors."""
