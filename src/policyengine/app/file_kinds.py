"""What a YAML file is, by its name and place: a policy, or something that lies beside policies."""

from pathlib import PurePath
from typing import Final

SUFFIXES: Final = frozenset({".yaml", ".yml"})
NOT_POLICIES: Final = frozenset({"scenarios", "mappings"})
"""Folders beside policies that hold other files."""
GUARDS_NAME: Final = "guards.yaml"
"""The file of bounds for changes, which may lie beside policies."""


def is_policy_path(path: PurePath) -> bool:
    """Tell by its path below a folder of policies whether a file is one of them."""
    is_yaml = path.suffix in SUFFIXES and path.name != GUARDS_NAME
    return is_yaml and not NOT_POLICIES.intersection(path.parts[:-1])
