"""The ledger's tables through time: one step after another, never edited once released."""
