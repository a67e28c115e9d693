"""What tests of security share: the terminal of the command's tests, the stores of the store's."""

from cli.conftest import empty, terminal
from store.conftest import (
    empty_database,
    empty_file,
    open_copy,
    store,
    told,
    told_database,
    told_file,
)

__all__ = (
    "empty",
    "empty_database",
    "empty_file",
    "open_copy",
    "store",
    "terminal",
    "told",
    "told_database",
    "told_file",
)
