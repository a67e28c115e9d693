"""Replay: usage recorded elsewhere, read from files and charged through the ledger in time order."""
