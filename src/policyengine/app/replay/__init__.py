"""Replay: usage recorded elsewhere, read from files and charged in the order of time."""
