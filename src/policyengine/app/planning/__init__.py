"""Plans: what a change of policies does, and whether what is allowed to it is kept."""
