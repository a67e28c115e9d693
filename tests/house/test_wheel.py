"""The wheel: it carries the house, its schemas, its starter policies, its licence, and no more."""

import shutil
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).parents[2]
FOLDERS = ("src", "schemas", "policies")
MADE = shutil.ignore_patterns("__pycache__", "*.pyc")


def files_below(folder: Path) -> set[str]:
    return {each.relative_to(folder).as_posix() for each in folder.rglob("*") if each.is_file()}


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what the wheel is built from, with a schema and a policy of its own in it."""
    copy = tmp_path_factory.mktemp("checkout")
    for folder in FOLDERS:
        shutil.copytree(ROOT / folder, copy / folder, ignore=MADE)
    for name in ("pyproject.toml", "LICENSE", ".gitignore"):
        shutil.copy(ROOT / name, copy)
    (copy / "README.md").write_text("# policyengine\n")
    (copy / "schemas/own.schema.json").write_text("{}\n")
    (copy / "policies/own").mkdir()
    (copy / "policies/own/v1.yaml").write_text("policy: own\n")
    return copy


@pytest.fixture(scope="module")
def wheel(checkout: Path) -> Path:
    """The wheel of that copy, built without a network."""
    done = subprocess.run(  # the interpreter that runs this test
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", "built"],
        cwd=checkout,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    (built,) = (checkout / "built").iterdir()
    return built


@pytest.mark.parametrize("folder", ["schemas", "policies"])
def test_the_wheel_carries_every_schema_and_starter_policy(
    checkout: Path, wheel: Path, folder: str
) -> None:
    top = f"policyengine/data/{folder}/"
    carried = {name.removeprefix(top) for name in ZipFile(wheel).namelist() if name.startswith(top)}
    assert carried == files_below(checkout / folder)


def test_the_wheel_carries_the_whole_house_and_nothing_beside_it(
    checkout: Path, wheel: Path
) -> None:
    names = set(ZipFile(wheel).namelist())
    about = f"{wheel.name.split('-py3')[0]}.dist-info/"
    beside = ("policyengine/data/", about)
    assert {name for name in names if not name.startswith(beside)} == files_below(checkout / "src")


def test_the_wheel_names_its_command_and_carries_its_licence(wheel: Path) -> None:
    archive = ZipFile(wheel)
    about = f"{wheel.name.split('-py3')[0]}.dist-info"
    commands = archive.read(f"{about}/entry_points.txt").decode()
    assert "policyengine = policyengine.cli.main:main" in commands
    assert archive.read(f"{about}/licenses/LICENSE") == (ROOT / "LICENSE").read_bytes()


def test_two_builds_of_one_state_are_the_same_bytes(checkout: Path, wheel: Path) -> None:
    before = wheel.read_bytes()
    subprocess.run(  # the interpreter that runs this test
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", "again"],
        cwd=checkout,
        capture_output=True,
        check=True,
    )
    assert (checkout / "again" / wheel.name).read_bytes() == before
