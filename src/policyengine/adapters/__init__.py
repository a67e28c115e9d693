"""Floor 1: providers' usage objects, turned into disjoint counts of a policy's units."""
