"""Floor 0: amounts, the calendar, canonical bytes and diagnostics; knows nothing of policies."""
