"""Floor 1: the bookkeeping nouns: lots, moves, transactions, the book and its fold."""
