"""The house's own linter, each check from both sides."""

from pathlib import Path

import pytest
from tools import tidy

HEAD = '"""One job."""\n'
CORE = "src/policyengine/engine/burndown.py"
SHELL = "src/policyengine/app/service.py"
ROOT = Path(tidy.__file__).parent.parent


def lines_found(path: str, text: str) -> list[int]:
    return [finding.line for finding in tidy.findings_of(path, text)]


def function_of(lines: int) -> str:
    return "def work() -> None:\n" + "    pass\n" * (lines - 1)


def test_what_is_not_python_is_found_at_its_line() -> None:
    assert lines_found(CORE, HEAD + "x = (\n") == [2]


@pytest.mark.parametrize(
    ("path", "lines_max"), [(CORE, 400), ("tools/x.py", 400), ("tests/engine/test_x.py", 600)]
)
def test_a_file_ends_at_its_wall(path: str, lines_max: int) -> None:
    fitting = HEAD + "x = 1\n" * (lines_max - 1)
    assert lines_found(path, fitting) == []
    assert [lines_max + 1] == lines_found(path, fitting + "x = 1\n")


def test_a_long_file_that_is_not_python_is_no_concern() -> None:
    assert lines_found("requirements.txt", "x\n" * 1000) == []


@pytest.mark.parametrize(("path", "lines_max"), [(CORE, 60), ("tests/engine/test_x.py", 100)])
def test_a_function_ends_at_its_wall(path: str, lines_max: int) -> None:
    assert lines_found(path, HEAD + function_of(lines_max)) == []
    assert lines_found(path, HEAD + function_of(lines_max + 1)) == [2]
    assert lines_found(path, HEAD + "async " + function_of(lines_max + 1)) == [2]


@pytest.mark.parametrize("text", ["", "x = 1\n", "# why\n" + HEAD, "\n" + HEAD])
def test_a_module_starts_with_its_job(text: str) -> None:
    assert lines_found(CORE, text) == [1]
    assert lines_found(CORE, HEAD + text) == []


def test_a_test_needs_no_docstring() -> None:
    assert lines_found("tests/engine/test_burndown.py", "x = 1\n") == []


@pytest.mark.parametrize("name", ["utils", "helpers", "common", "manager", "base"])
def test_a_name_that_could_hold_anything_is_refused(name: str) -> None:
    assert lines_found(f"src/policyengine/app/{name}.py", HEAD) == [1]
    assert lines_found(f"src/policyengine/{name}/lots.py", HEAD) == [1]
    assert lines_found(f"src/policyengine/app/wallet_{name}.py", HEAD) == []
    assert lines_found(f"docs/{name}.md", "words\n") == []


@pytest.mark.parametrize("mark", ["TO" + "DO", "FIX" + "ME", "X" * 3])
def test_nothing_is_left_for_later(mark: str) -> None:
    assert lines_found(CORE, f"{HEAD}# {mark}: round\n") == [2]
    assert lines_found("docs/policy.md", f"{mark} write this\n") == [1]
    assert lines_found(CORE, f"{HEAD}# {mark}S are what we have none of\n") == []


@pytest.mark.parametrize("text", ["x = 0.5\n", "x = 1e3\n", "x = 2j\n", "x = float('1')\n"])
@pytest.mark.parametrize("room", ["values", "policy", "ledger", "engine", "store", "simulate"])
def test_a_float_stays_away_from_amounts(room: str, text: str) -> None:
    assert lines_found(f"src/policyengine/{room}/x.py", HEAD + text) == [2]


@pytest.mark.parametrize("text", ["x = 5\n", "x = '0.5'\n", "y = isinstance(x, float)\n"])
def test_exact_numbers_and_the_refusal_of_floats_may_stand(text: str) -> None:
    assert lines_found(CORE, HEAD + text) == []


def test_a_float_is_no_concern_where_no_amount_is_kept() -> None:
    assert lines_found("src/policyengine/cli/drawing.py", HEAD + "x = 0.5\n") == []
    assert lines_found("tests/engine/test_x.py", "x = 0.5\n") == []


def test_an_example_in_the_schema_may_be_a_json_number() -> None:
    path = "src/policyengine/policy/document/pricing.py"
    assert lines_found(path, HEAD + "x = Field(examples=[{'minimum': 0.01}])\n") == []
    assert lines_found(path, HEAD + "x = Field(0.01, examples=[0.01])\n") == [2]


@pytest.mark.parametrize(
    "text",
    [
        "now = datetime.now(UTC)\n",
        "now = datetime.datetime.utcnow()\n",
        "today = date.today()\n",
        "import time\n",
        "from time import monotonic\n",
        "import random\n",
        "from random import choice\n",
        "import logging.config\n",
        "x = os.environ['ZONE']\n",
        "from os import environ\n",
        "x = os.getenv('ZONE')\n",
        "x = open('x').read()\n",
        "key = uuid.uuid4()\n",
    ],
)
@pytest.mark.parametrize("room", ["values", "policy", "ledger", "tokens", "engine"])
def test_the_core_fetches_nothing(room: str, text: str) -> None:
    assert lines_found(f"src/policyengine/{room}/x.py", HEAD + text) == [2]
    assert lines_found(SHELL, HEAD + text) == []


@pytest.mark.parametrize(
    "text",
    [
        "zone = policy.time.zone\n",
        "from datetime import datetime\n",
        "x = clock.now()\n",
        "x = book.open(lot)\n",
        "from policyengine.policy import time\n",
        "from . import random_order\n",
    ],
)
def test_the_core_may_use_words_that_only_look_impure(text: str) -> None:
    assert lines_found(CORE, HEAD + text) == []


@pytest.mark.parametrize(
    "text", ["x = yaml.load(t, L)\n", "x = yaml.full_load(t)\n", "from yaml import unsafe_load\n"]
)
def test_no_yaml_text_builds_objects(text: str) -> None:
    assert lines_found(SHELL, HEAD + text) == [2]
    assert lines_found("tests/app/test_x.py", text) == [1]


@pytest.mark.parametrize("text", ["x = yaml.safe_load(t)\n", "x = json.load(t)\n"])
def test_safe_loaders_may_be_used(text: str) -> None:
    assert lines_found(SHELL, HEAD + text) == []


@pytest.mark.parametrize(
    "host",
    [
        "pypi" + ".org",
        "files.python" + "hosted.org",
        "registry" + ".npmjs" + ".org",
        "deb" + ".debian.org",
        "crates" + ".io",
    ],
)
@pytest.mark.parametrize("path", ["requirements.txt", "docs/install.md", ".ci/run"])
def test_no_registry_is_named(path: str, host: str) -> None:
    assert lines_found(path, f"\n--index-url https://{host}/simple\n") == [2]
    assert lines_found(path, "\n# install it from the registry\n") == []


@pytest.mark.parametrize("top", ["work", "root", "home/ana", "Users/ana"])
def test_no_path_of_one_machine_is_named(top: str) -> None:
    assert lines_found("docs/install.md", "cd /" + top + "/checkout\n") == [1]
    assert lines_found("docs/install.md", "cd your/" + top + "/checkout\n") == []
    assert lines_found("docs/install.md", "cd ~/checkout\n") == []


def test_files_are_read_in_order_without_what_is_made(tmp_path: Path) -> None:
    kept = (".ci/run", "README.md", "src/a.py", "src/b.yaml")
    left_out = (".venv/x.py", "src/__pycache__/x.py", "dist/x.py", ".hypothesis/x", "uv.lock")
    for name in (*kept, *left_out):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x\n")
    (tmp_path / "picture.png").write_bytes(b"\x89PNG\xff")
    (tmp_path / "link.md").symlink_to("README.md")
    assert kept == tuple(path for path, _ in tidy.text_files(tmp_path, tmp_path))


def test_every_finding_is_printed_with_its_place(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "tools").mkdir()
    (tmp_path / "tools/utils.py").write_text("x = 1\n")
    assert tidy.main(tmp_path) == 1
    assert capsys.readouterr().out == (
        "tools/utils.py:1: `utils` says nothing of the job; name it after what it holds\n"
        "tools/utils.py:1: the first line is not a docstring that says the file's one job\n"
        "1 files, 2 findings\n"
    )


def test_every_permission_names_a_file_that_stands_and_its_reason() -> None:
    for path, reason in (tidy.FLOAT_ALLOWED | tidy.IMPURE_ALLOWED).items():
        assert (ROOT / "src/policyengine" / path).is_file()
        assert len(reason.split()) > 3
