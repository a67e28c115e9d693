"""Floor 3: the ledger in SQL: tables, migrations, load and commit, verify."""
