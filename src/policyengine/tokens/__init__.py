"""Floor 1: counting text and image tokens, offline."""
