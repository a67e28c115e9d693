"""Mapping files: how the columns of a usage file become wallets, models, instants and units."""
