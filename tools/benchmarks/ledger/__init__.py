"""What `tools/bench ledger` runs: durable charges beside their floors, in one run and one table."""
