"""What `validate` and `test` found, in the formats that other programs read."""
