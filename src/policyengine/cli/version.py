"""`version`: which program this is."""

import platform
from importlib.metadata import version as version_of


def version() -> int:
    """Print the versions of this program and of Python.

    Example: policyengine version
    """
    name = "policyengine-credits"
    print(f"{name} {version_of(name)} (Python {platform.python_version()})")
    return 0
