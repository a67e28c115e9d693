"""Scenarios: given/when/then tests of a policy, written in YAML beside its versions."""
