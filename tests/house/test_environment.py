"""How .venv comes about: which Python makes it, when it is left alone, when it is mended."""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from tools import environment

ROOT = Path(environment.__file__).parent.parent
OLD = "exit 1"
WITHOUT_VENV = 'case "$2" in *ensurepip*) exit 1 ;; esac'
GOOD = 'case "$1" in -m) echo "$0 runs $3 as $(basename "$0")" ;; esac'


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout with a space in its path, and a `bin` beside it that stands for the whole PATH."""
    folder = tmp_path / "a checkout"
    shutil.copytree(ROOT / "tools", folder / "tools", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "requirements.txt", "requirements-dev.txt"):
        shutil.copy(ROOT / name, folder)
    (tmp_path / "bin").mkdir()
    for command in ("dirname", "basename", "sh"):
        (tmp_path / "bin" / command).symlink_to(shutil.which(command) or "")
    return folder


def write_python(place: Path, body: str) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(f"#!/bin/sh\n{body}\n")
    place.chmod(0o755)


def run_demo(checkout: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603  # the project's own script
        [checkout / "tools/demo"],
        cwd="/",
        env={"PATH": str(checkout.parent / "bin")},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def test_without_a_python_the_demo_says_which_it_wants(checkout: Path) -> None:
    write_python(checkout.parent / "bin/python3", OLD)
    done = run_demo(checkout)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        "error: no Python 3.11 or newer found\n"
        "  = help: install one; python3.13, python3.12, python3.11 and python3 were tried\n"
    )


def test_without_venv_the_demo_names_the_python_and_the_package(checkout: Path) -> None:
    write_python(checkout.parent / "bin/python3.12", WITHOUT_VENV)
    done = run_demo(checkout)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        "error: `python3.12` cannot make environments: `venv` or `ensurepip` is missing\n"
        "  = help: install the package that has them, on Debian and Ubuntu `python3-venv`\n"
    )


def test_the_first_python_that_can_make_environments_is_taken(checkout: Path) -> None:
    write_python(checkout.parent / "bin/python3.13", OLD)
    write_python(checkout.parent / "bin/python3.12", WITHOUT_VENV)
    write_python(checkout.parent / "bin/python3.11", GOOD)
    write_python(checkout.parent / "bin/python3", OLD)
    assert "runs run as python3.11\n" in run_demo(checkout).stdout


def test_a_venv_that_works_is_used_and_one_that_does_not_is_passed_over(checkout: Path) -> None:
    write_python(checkout.parent / "bin/python3", GOOD)
    write_python(checkout / ".venv/bin/python", GOOD)
    assert run_demo(checkout).stdout.startswith(".venv/bin/python runs run")
    write_python(checkout / ".venv/bin/python", OLD)
    assert run_demo(checkout).stdout.endswith("as python3\n")


def test_whatever_stands_in_the_place_of_a_venv_makes_room(tmp_path: Path) -> None:
    venv, elsewhere = tmp_path / ".venv", tmp_path / "elsewhere"
    environment.clear(venv)
    venv.write_text("a file")
    environment.clear(venv)
    (venv / "bin").mkdir(parents=True)
    environment.clear(venv)
    venv.symlink_to("gone")
    environment.clear(venv)
    elsewhere.mkdir()
    venv.symlink_to(elsewhere)
    environment.clear(venv)
    assert list(tmp_path.iterdir()) == [elsewhere]


def installed(checkout: Path, kind: str) -> None:
    packages = checkout / ".venv/lib/python3.11/site-packages"
    (packages / "typer-0.15.0.dist-info").mkdir(parents=True, exist_ok=True)
    mark = environment.stamp(checkout, kind)
    mark.write_text(environment.fingerprint(checkout, kind))


def test_what_is_installed_to_develop_is_enough_to_run_but_not_the_other_way(
    checkout: Path,
) -> None:
    assert not environment.is_ready(checkout, "run")
    installed(checkout, "run")
    assert environment.is_ready(checkout, "run")
    assert not environment.is_ready(checkout, "dev")
    environment.stamp(checkout, "run").unlink()
    installed(checkout, "dev")
    assert environment.is_ready(checkout, "run")
    assert environment.is_ready(checkout, "dev")


def remove_a_package(checkout: Path) -> None:
    (checkout / ".venv/lib/python3.11/site-packages/typer-0.15.0.dist-info").rmdir()


def change_the_lock(checkout: Path) -> None:
    (checkout / "requirements.txt").write_text("typer==0.16.0\n")


def change_the_project(checkout: Path) -> None:
    (checkout / "pyproject.toml").write_text("[project]\n")


@pytest.mark.parametrize("change", [remove_a_package, change_the_lock, change_the_project])
def test_any_change_of_what_is_wanted_or_there_asks_for_an_installation(
    checkout: Path, change: Callable[[Path], None]
) -> None:
    installed(checkout, "run")
    change(checkout)
    assert not environment.is_ready(checkout, "run")


def test_a_checkout_that_was_moved_is_installed_again(checkout: Path) -> None:
    installed(checkout, "run")
    moved = checkout.rename(checkout.parent / "moved")
    assert not environment.is_ready(moved, "run")


@pytest.mark.parametrize("script", ["tools/demo", "tools/test", "tools/soak", "tools/lock"])
def test_a_tool_can_be_started(script: str) -> None:
    assert os.access(ROOT / script, os.X_OK)
