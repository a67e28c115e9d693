"""Does what a document's code blocks say, in order, and fails where the document is wrong.

- `python`: runs, in one namespace for the whole document.
- `output`: what the Python block before it printed.
- `console`, `bash`, `sh`: each `$ command` runs; the lines below it are its output. Without any
  `$`, each line of `bash` and `sh` is a command whose output is not shown. After a command that
  fails, the next one shows its exit code: `$ echo $?`.
- `yaml`: is well-formed.
- A block whose first line is `# file: NAME` is saved under that name instead of being run.

In what is shown, `…` stands for any part of a line, and a line of `…` alone for any lines.
"""

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any, Final

import yaml

COMMAND_SECONDS_MAX: Final = 60
SOURCES: Final = Path(__file__).parents[2] / "src"
COLUMNS: Final = "100"
SHELLS: Final = {"bash", "console", "sh"}
# These set a checkout up; the first words of commands that a test must not run again.
NOT_RUN: Final = {"cd", "git", "pip", "tools/bench", "tools/demo", "tools/soak", "tools/test", "uv"}

_BLOCK: Final = re.compile(
    r"^(?P<indent> *)(?P<fence>`{3,})(?P<info>[^\n`]*)\n(?P<text>.*?)^(?P=indent)(?P=fence)`* *$",
    re.MULTILINE | re.DOTALL,
)
_FILE: Final = re.compile(r"# file: (\S+)")


class WrongDocumentError(AssertionError):
    """A document shows what does not happen."""


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block: its language, its text, and the document's line where the text starts."""

    language: str
    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Command:
    """A command, its line in the document, and the output shown for it, None for no output."""

    line: int
    text: str
    shown: tuple[str, ...] | None


def blocks_of(text: str) -> tuple[Block, ...]:
    """Find the fenced blocks of a document.

    Raises: WrongDocumentError for a fence that is never closed.
    """
    if re.search(r"^ *```", _BLOCK.sub("", text), re.MULTILINE):
        raise WrongDocumentError("a fence is never closed")
    return tuple(
        Block(
            language=(match["info"].split() or [""])[0],
            text=re.sub(f"^{match['indent']}", "", match["text"], flags=re.MULTILINE),
            line=text.count("\n", 0, match.start("text")) + 1,
        )
        for match in _BLOCK.finditer(text)
    )


def commands_of(block: Block) -> Iterator[Command]:
    """Find the commands of a block and the output that is shown for each."""
    lines = block.text.splitlines()
    prompted = any(line.startswith("$ ") for line in lines)
    number = 0
    while number < len(lines):
        first, command = number, lines[number]
        number += 1
        while command.endswith("\\") and number < len(lines):
            command = command[:-1] + lines[number].removeprefix("> ")
            number += 1
        if not prompted:
            if block.language != "console" and command.strip() and not command.startswith("#"):
                yield Command(block.line + first, command, None)
        elif command.startswith("$ "):
            start = number
            while number < len(lines) and not lines[number].startswith("$ "):
                number += 1
            shown = tuple("\n".join(lines[start:number]).rstrip().splitlines())
            yield Command(block.line + first, command[2:], shown or None)


def is_shown(shown: Sequence[str], printed: Sequence[str]) -> bool:
    """Tell whether what was printed is what is shown, line by line, `…` standing for anything."""
    parts = [
        r"(?:.*\n)*?" if line.strip() == "…" else f"{'.*'.join(map(re.escape, line.split('…')))}\n"
        for line in shown
    ]
    return re.fullmatch("".join(parts), "".join(f"{line}\n" for line in printed)) is not None


def tidy_lines(text: str) -> tuple[str, ...]:
    """Split what was printed into lines, without blanks at the ends of lines and of the whole."""
    return tuple(line.rstrip() for line in text.strip("\n").splitlines())


class Performance:
    """One document being performed in one folder."""

    def __init__(
        self, document: Path, folder: Path, variables: Mapping[str, str] | None = None
    ) -> None:
        """Take the document to perform, a folder that it may fill, and more for its environment.

        A `PATH` among the variables is looked through first.
        """
        self.variables = dict(variables or {})
        self.document = document
        self.folder = folder
        self.namespace: dict[str, Any] = {"__name__": "__main__"}
        self.printed = ""
        self.exit_code = 0

    def perform(self) -> None:
        """Do each block in order.

        Raises: WrongDocumentError where something else happens than the document shows.
        """
        for block in blocks_of(self.document.read_text(encoding="utf-8")):
            saved = _FILE.match(block.text)
            if saved:
                self._save(block, saved[1])
            elif block.language == "python":
                self._run_python(block)
            elif block.language == "output":
                self._compare(block.line, block.text.splitlines(), self.printed)
            elif block.language in SHELLS:
                self._run_commands(block)
            if block.language == "yaml":
                self._read_yaml(block)

    def _fail(self, line: int, message: str) -> None:
        raise WrongDocumentError(f"{self.document.name}:{line}: {message}")

    def _save(self, block: Block, name: str) -> None:
        place = (self.folder / name).resolve()
        if not place.is_relative_to(self.folder.resolve()):
            self._fail(block.line, f"`{name}` lies outside the folder")
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(block.text, encoding="utf-8")

    def _read_yaml(self, block: Block) -> None:
        try:
            list(yaml.compose_all(block.text, Loader=yaml.SafeLoader))
        except yaml.YAMLError as error:
            self._fail(block.line, f"not YAML: {error}")

    def _run_python(self, block: Block) -> None:
        # The blank lines make a traceback show the document's own lines.
        code = compile("\n" * (block.line - 1) + block.text, str(self.document), "exec")
        with redirect_stdout(StringIO()) as printed:
            exec(code, self.namespace)  # noqa: S102  # the project's own document
        self.printed = printed.getvalue()

    def _run_commands(self, block: Block) -> None:
        for command in commands_of(block):
            if command.text.split()[0] in NOT_RUN:
                continue
            if self.exit_code and "$?" not in command.text:
                self._fail(command.line, "the command before this one failed; show `$ echo $?`")
            self._run_command(command)
        if self.exit_code:
            self._fail(block.line, f"the last command left with {self.exit_code}: {self.printed}")

    def _run_command(self, command: Command) -> None:
        before = f"(exit {self.exit_code})\n" if self.exit_code else ""
        done = subprocess.run(  # noqa: S603  # the project's own document
            ["/bin/sh", "-c", before + command.text],
            cwd=self.folder,
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            timeout=COMMAND_SECONDS_MAX,
            check=False,
        )
        self.exit_code, self.printed = done.returncode, done.stdout
        if command.shown is not None:
            self._compare(command.line, command.shown, done.stdout)

    def _environment(self) -> dict[str, str]:
        own = str(Path(sys.executable).parent)
        path = (self.variables.get("PATH", own), own, os.environ["PATH"])
        return {
            "HOME": str(self.folder),
            "PYTHONPATH": str(SOURCES),  # of these sources, wherever the command was installed from
            "COLUMNS": COLUMNS,
            "LC_ALL": "C.UTF-8",
            "NO_COLOR": "1",
            "TERM": "dumb",
            "TZ": "UTC",
            **self.variables,
            "PATH": os.pathsep.join(path),
        }

    def _compare(self, line: int, shown: Sequence[str], printed: str) -> None:
        expected, actual = tidy_lines("\n".join(shown)), tidy_lines(printed)
        if not is_shown(expected, actual):
            drawn = ["the document shows", *expected, "but this was printed", *actual]
            self._fail(line, "\n    ".join(drawn))
