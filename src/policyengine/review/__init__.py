"""Review: what a new version of a policy changes, in plain words, before it decides anything."""
