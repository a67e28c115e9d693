"""Git repositories for tests, as somebody would make them by hand."""

import os
import subprocess
from pathlib import Path


def git(folder: Path, *arguments: str) -> None:
    """Run git in a folder, as somebody with a name."""
    identity = ["-c", "user.name=T", "-c", "user.email=t@example.com"]
    # A hook's variables, which a test sets, are for the code under test alone.
    clean = {name: text for name, text in os.environ.items() if not name.startswith("GIT_")}
    subprocess.run(  # noqa: S603  # a fixed command
        ["git", "-C", folder, *identity, "-c", "commit.gpgsign=false", *arguments],  # noqa: S607  # whichever git is there
        env=clean,
        check=True,
        capture_output=True,
    )


def commit_all(folder: Path, message: str = "first") -> None:
    """Commit everything that is in a folder; the first time, make it a repository."""
    if not (folder / ".git").exists():
        git(folder, "init", "-q", "-b", "main")
    git(folder, "add", ".")
    git(folder, "commit", "-q", "-m", message)
