"""Guards: the bounds that a change keeps to, in a file of their own."""
