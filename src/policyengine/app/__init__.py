"""Floor 4: the imperative shell: load, decide, commit; scenarios, replay, review."""
