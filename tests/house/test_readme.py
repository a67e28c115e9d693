"""Every example in README.md and docs/ does what it shows; and the runner can say no."""

import shutil
from pathlib import Path

import pytest

from house.documents import Block, Command, Performance, blocks_of, commands_of, is_shown
from store.servers import Server, programs

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted({*ROOT.glob("README.md"), *ROOT.glob("docs/**/*.md")})


SERVED = {"operating.md"}
"""Documents whose commands ask a PostgreSQL server."""


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda each: each.relative_to(ROOT).as_posix())
def test_a_document_does_what_it_shows(
    document: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> None:
    # The documents are about the reference policy; with several, commands ask which is meant.
    for name in ("policies/codeflicker", "schemas"):
        shutil.copytree(ROOT / name, tmp_path / name)
    monkeypatch.chdir(tmp_path)
    variables = {}
    if document.name in SERVED:
        server: Server = request.getfixturevalue("server")
        variables = {"PGHOST": str(server.folder), "PGUSER": "postgres", "PATH": str(programs())}
    Performance(document, tmp_path, variables).perform()


@pytest.fixture
def perform(tmp_path: Path) -> Performance:
    """The runner on a document that the test writes."""
    (tmp_path / "folder").mkdir()
    return Performance(tmp_path / "guide.md", tmp_path / "folder")


def play(performance: Performance, *blocks: str) -> None:
    performance.document.write_text("# Guide\n\n" + "\n\nAnd then:\n\n".join(blocks) + "\n")
    performance.perform()


def fenced(language: str, *lines: str) -> str:
    return "\n".join([f"```{language}", *lines, "```"])


def test_blocks_are_found_with_language_text_and_line() -> None:
    python = "words\n```python\nx = 1\n```\n"
    console = "- item\n  ```console extra\n  $ ls\n    a\n  ```\n"
    text = python + console + "````\n```\n````\n"
    assert blocks_of(text) == (
        Block("python", "x = 1\n", 3),
        Block("console", "$ ls\n  a\n", 7),
        Block("", "```\n", 11),
    )


def test_a_fence_that_is_never_closed_is_refused() -> None:
    with pytest.raises(AssertionError, match="never closed"):
        blocks_of("```python\nx = 1\n")


def test_commands_are_found_with_the_output_below_them() -> None:
    text = "$ policyengine plans\npro\n\npro_plus\n\n$ policyengine \\\n>   fmt\n$ echo $?\n0\n"
    assert list(commands_of(Block("console", text, 10))) == [
        Command(10, "policyengine plans", ("pro", "", "pro_plus")),
        Command(15, "policyengine   fmt", None),
        Command(17, "echo $?", ("0",)),
    ]


def test_without_prompts_each_line_of_a_script_is_a_command_and_a_console_has_none() -> None:
    text = "# first\npolicyengine init\n\npolicyengine fmt\n"
    assert list(commands_of(Block("bash", text, 1))) == [
        Command(2, "policyengine init", None),
        Command(4, "policyengine fmt", None),
    ]
    assert list(commands_of(Block("console", text, 1))) == []


@pytest.mark.parametrize(
    ("shown", "printed"),
    [
        ([], []),
        (["a", "b"], ["a", "b"]),
        (["digest …", "ok"], ["digest 7c1e", "ok"]),
        (["a … c"], ["a b c"]),
        (["a", "…", "d"], ["a", "b", "c", "d"]),
        (["a", "…", "d"], ["a", "d"]),
        (["(a+b)*"], ["(a+b)*"]),
    ],
)
def test_what_is_shown_is_what_was_printed(shown: list[str], printed: list[str]) -> None:
    assert is_shown(shown, printed)


@pytest.mark.parametrize(
    ("shown", "printed"),
    [
        (["a"], []),
        (["a"], ["a", "b"]),
        (["a", "b"], ["b", "a"]),
        (["4.00 credits"], ["4.01 credits"]),
        (["4x00"], ["4.00"]),
        (["4.00"], ["4x00"]),
        (["digest …", "ok"], ["digest", "7c1e", "ok"]),
        (["a", "…", "d"], ["a", "b", "c"]),
    ],
)
def test_what_is_shown_differs_from_what_was_printed(shown: list[str], printed: list[str]) -> None:
    assert not is_shown(shown, printed)


def test_python_blocks_share_one_namespace_and_show_their_output(perform: Performance) -> None:
    first = fenced("python", "rate = 100")
    second = fenced("python", "print(rate * 2)", "print('done')")
    play(perform, first, second, fenced("output", "200", "d…"))
    with pytest.raises(AssertionError, match=r"guide\.md:17: the document shows\n +201\n"):
        play(perform, first, second, fenced("output", "201", "done"))


def test_a_python_block_that_fails_points_at_the_document(perform: Performance) -> None:
    with pytest.raises(ZeroDivisionError) as caught:
        play(perform, fenced("python", "x = 1", "x / 0"))
    last = caught.traceback[-1]
    assert (Path(last.path).name, last.lineno + 1) == ("guide.md", 5)


def test_commands_run_in_order_in_the_folder(perform: Performance) -> None:
    play(
        perform,
        fenced("console", "$ echo one > file", "$ cat file", "one", "$ ls", "file"),
        fenced("bash", "rm file"),
    )
    assert list(perform.folder.iterdir()) == []


def test_output_that_is_not_as_shown_is_refused(perform: Performance) -> None:
    with pytest.raises(AssertionError, match=r"guide\.md:6: the document shows\n +two\n"):
        play(perform, fenced("console", "$ echo one", "one", "$ echo one", "two"))


def test_what_goes_to_the_error_stream_is_compared_as_well(perform: Performance) -> None:
    play(perform, fenced("console", "$ echo oh >&2", "oh"))


@pytest.mark.parametrize("last", [[], ["$ echo next"]])
def test_a_command_that_fails_unsaid_is_refused(perform: Performance, last: list[str]) -> None:
    with pytest.raises(AssertionError, match=r"guide\.md:\d: the (last command|command be)"):
        play(perform, fenced("console", "$ exit 3", *last))


def test_a_command_that_fails_may_show_its_exit_code(perform: Performance) -> None:
    play(perform, fenced("console", "$ exit 3", "$ echo $?", "3", "$ echo $?", "0"))
    with pytest.raises(AssertionError, match=r"the document shows\n +1\n"):
        play(perform, fenced("console", "$ exit 3", "$ echo $?", "1"))


@pytest.mark.parametrize("command", ["tools/demo", "tools/test", "git clone x", "pip install x"])
def test_commands_that_set_a_checkout_up_are_not_run(perform: Performance, command: str) -> None:
    play(perform, fenced("console", f"$ {command}", "much output"), fenced("bash", command))


def test_the_project_s_own_command_is_the_one_that_runs(perform: Performance) -> None:
    play(perform, fenced("console", "$ command -v python", "…/bin/python"))


def test_a_named_block_is_saved_and_not_run(perform: Performance) -> None:
    play(
        perform,
        fenced("yaml", "# file: policies/acme/v1.yaml", "policy: acme"),
        fenced("python", "# file: quickstart.py", "raise SystemExit('run')"),
        fenced("console", "$ tail -n 1 policies/acme/v1.yaml", "policy: acme"),
    )
    with pytest.raises(AssertionError, match="outside the folder"):
        play(perform, fenced("yaml", "# file: ../v1.yaml"))


def test_a_yaml_block_is_well_formed(perform: Performance) -> None:
    play(perform, fenced("yaml", "models: {lite: {multiplier: 0.5}}"))
    with pytest.raises(AssertionError, match=r"guide\.md:4: not YAML"):
        play(perform, fenced("yaml", "models: {lite: {multiplier: 0.5}"))
