"""Credits for AI products: YAML policies, a pure engine, a double-entry ledger."""
