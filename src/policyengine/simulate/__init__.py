"""Floor 3: the same commands in memory."""
