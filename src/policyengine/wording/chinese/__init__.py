"""The Chinese texts (简体中文)."""
