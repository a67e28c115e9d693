"""Floor 1: the policy language: source, schema, checks, expressions, compiled policies."""
