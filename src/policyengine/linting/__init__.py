"""Floor 4: economic faults of a policy, each found by a search and shown by a counter-example."""
