"""Floor 2: pure decisions: rating, burn-down, holds, renewal, `decide`, explanations."""
