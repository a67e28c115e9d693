"""Make .venv hold what a lock file names, and the project itself; standard library only."""

import hashlib
import os
import shutil
import sys
from pathlib import Path

from tools.steps import run_step

ROOT = Path(__file__).resolve().parent.parent
LOCKS = {"run": "requirements.txt", "dev": "requirements-dev.txt"}
# What is locked for `dev` includes what is locked for `run`, in the same versions.
COVERED_BY = {"run": ("run", "dev"), "dev": ("dev",)}
PIP = ("-m", "pip", "--disable-pip-version-check", "--no-input")


def fingerprint(root: Path, kind: str) -> str:
    """Sum up everything that decides whether an installation is still right.

    That includes what is installed: whoever changes it by hand gets it mended.
    """
    installed = sorted(each.name for each in root.glob(".venv/lib*/python*/site-packages/*-info"))
    parts = (
        os.fsencode(root),
        (root / LOCKS[kind]).read_bytes(),
        (root / "pyproject.toml").read_bytes(),
        "\n".join(installed).encode(),
    )
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def stamp(root: Path, kind: str) -> Path:
    """Give the file that remembers the fingerprint of the last good installation."""
    return root / ".venv" / f".installed-{kind}"


def is_ready(root: Path, kind: str) -> bool:
    """Tell whether nothing needs installing, so that no network is asked."""
    return any(
        stamp(root, each).is_file() and stamp(root, each).read_text() == fingerprint(root, each)
        for each in COVERED_BY[kind]
    )


def clear(venv: Path) -> None:
    """Remove what stands in the place of an environment: a folder, a file, a link (not its end)."""
    if venv.is_symlink() or venv.is_file():
        venv.unlink()
    elif venv.exists():
        shutil.rmtree(venv)


def make_venv(root: Path) -> bool:
    """Make .venv anew with the Python that runs this."""
    clear(root / ".venv")
    return run_step("python", (sys.executable, "-m", "venv", ".venv"), root)[0]


def install(root: Path, kind: str) -> bool:
    """Install the locked packages and the project; every download is checked by its hash."""
    python = root / ".venv/bin/python"
    env = {**os.environ, "PIP_USER": "0"}
    has_pip = any(root.glob(".venv/lib*/python*/site-packages/pip"))
    steps = (
        ("pip", ("-m", "ensurepip")),
        ("packages", (*PIP, "install", "--require-hashes", "-r", LOCKS[kind])),
        ("project", (*PIP, "install", "--no-deps", "--no-build-isolation", "-e", ".")),
    )
    # `uv venv` makes environments without pip.
    needed = steps[1:] if has_pip else steps
    return all(run_step(name, (python, *arguments), root, env)[0] for name, arguments in needed)


def prepare(root: Path, kind: str) -> bool:
    """Bring .venv to the state that `kind` needs; do nothing when it is there already."""
    if Path(sys.prefix).resolve() != (root / ".venv").resolve() and not make_venv(root):
        return False
    if is_ready(root, kind):
        return True
    if not install(root, kind):
        return False
    stamp(root, kind).write_text(fingerprint(root, kind))
    return True


def main() -> int:
    """Prepare for the kind named on the command line."""
    return 0 if prepare(ROOT, sys.argv[1]) else 1


if __name__ == "__main__":
    sys.exit(main())
