"""`version`: which program this is."""

import platform
from importlib.metadata import version as version_of

import typer


def version() -> int:
    """Print the versions of this program and of Python.

    Example: policyengine version
    """
    name = "policyengine-credits"
    typer.echo(f"{name} {version_of(name)} (Python {platform.python_version()})")
    return 0
