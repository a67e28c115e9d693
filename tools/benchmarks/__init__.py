"""What `tools/bench` runs: each figure beside its floor, in one process and one run."""
