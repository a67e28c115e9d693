"""House rules that no other linter knows: sizes, names, exact numbers, a pure core, no hosts."""

import ast
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TypeAlias

ROOT = Path(__file__).resolve().parent.parent

FILE_LINES_MAX = 400
FUNCTION_LINES_MAX = 60
TEST_FILE_LINES_MAX = 600
TEST_FUNCTION_LINES_MAX = 100

BANNED_NAMES = {"base", "common", "helpers", "manager", "utils"}
CORE_ROOMS = {"values", "policy", "ledger", "tokens", "adapters", "engine"}
EXACT_ROOMS = {
    "values",
    "policy",
    "ledger",
    "adapters",
    "engine",
    "store",
    "simulate",
    "linting",
    "proving",
}

# Files that may break a rule, each with its reason. Paths are below src/policyengine.
FLOAT_ALLOWED: dict[str, str] = {}
IMPURE_ALLOWED: dict[str, str] = {}

IMPURE_MODULES = {"logging", "random", "secrets", "socket", "sqlite3", "subprocess", "time"}
IMPURE_NAMES = {
    "date.today",
    "datetime.now",
    "datetime.today",
    "datetime.utcnow",
    "open",
    "os.environ",
    "os.getenv",
    "uuid.uuid4",
}
UNSAFE_YAML = {
    "yaml.full_load",
    "yaml.full_load_all",
    "yaml.load",
    "yaml.load_all",
    "yaml.unsafe_load",
    "yaml.unsafe_load_all",
}

# Written so that no pattern finds itself here.
_LEFT_FOR_LATER = re.compile(r"\b(TOD[O]|FIXM[E]|XX[X])\b")
_REGISTRY_HOST = re.compile(
    r"pypi\.(org|python)|pythonhosted\.|registry\.npm|npmjs\.|yarnpkg\.|deb\.debian\."
    r"|archive\.ubuntu\.|crates\.io|proxy\.golang\.|rubygems\.|ghcr\.io|docker\.io"
)
_MACHINE_PATH = re.compile(r"(^|[^\w.$}])/(work|root|farm|home/\w+|Users/\w+)/")

NAMES_A_HOST = "names a package registry's host"
NAMES_A_MACHINE_PATH = "names a path of one machine"

# What is made, not written, and what is the machine's own.
SKIPPED_FOLDERS = {"__pycache__", "build", "dist", "htmlcov", "node_modules"}
SKIPPED_FILES = {"uv.lock"}
DOT_FOLDERS_READ = {".ci", ".github"}


@dataclass(frozen=True, slots=True)
class Source:
    """One text file: where it is below the checkout, its text, and its tree if it is Python."""

    path: PurePosixPath
    text: str
    tree: ast.Module | None

    @property
    def house(self) -> PurePosixPath | None:
        """Where it is below src/policyengine, or None."""
        inside = self.path.is_relative_to("src/policyengine")
        return self.path.relative_to("src/policyengine") if inside else None

    @property
    def room(self) -> str:
        """The room of the house that it is in, or nothing."""
        return self.house.parts[0] if self.house is not None else ""


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One broken rule, at a line."""

    path: PurePosixPath
    line: int
    message: str

    def __str__(self) -> str:
        """Write it as editors read it."""
        return f"{self.path}:{self.line}: {self.message}"


Check: TypeAlias = Callable[[Source], Iterator[tuple[int, str]]]


def nodes(source: Source) -> Iterator[ast.AST]:
    """Give all nodes of a Python file; none of another."""
    return ast.walk(source.tree) if source.tree is not None else iter(())


def imported_names(node: ast.AST) -> set[str]:
    """Give the full names that an import statement brings in."""
    if isinstance(node, ast.Import):
        return {alias.name for alias in node.names}
    if isinstance(node, ast.ImportFrom):
        return {f"{node.module}.{alias.name}" for alias in node.names}
    return set()


def used_names(node: ast.AST) -> set[str]:
    """Give what a node takes from elsewhere: `open` when called, the end of `a.b.c`, an import."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        return {node.func.id}
    if isinstance(node, ast.Attribute):
        before = getattr(node.value, "attr", getattr(node.value, "id", ""))
        return {f"{before}.{node.attr}"}
    return imported_names(node)


def check_file_size(source: Source) -> Iterator[tuple[int, str]]:
    """A file has an end in sight."""
    lines = source.text.count("\n")
    wall = TEST_FILE_LINES_MAX if source.path.is_relative_to("tests") else FILE_LINES_MAX
    if source.tree is not None and lines > wall:
        yield wall + 1, f"{lines} lines; a file has at most {wall}: split it by its jobs"


def check_function_size(source: Source) -> Iterator[tuple[int, str]]:
    """A function fits a screen."""
    wall = TEST_FUNCTION_LINES_MAX if source.path.is_relative_to("tests") else FUNCTION_LINES_MAX
    for node in nodes(source):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if lines > wall:
                yield node.lineno, f"`{node.name}` has {lines} lines; a function has at most {wall}"


def check_docstring(source: Source) -> Iterator[tuple[int, str]]:
    """A module says its one job in its first line."""
    if source.tree is None or source.path.is_relative_to("tests"):
        return
    first = source.tree.body[0] if source.tree.body else None
    if first is None or first.lineno != 1 or not ast.get_docstring(source.tree):
        yield 1, "the first line is not a docstring that says the file's one job"


def check_name(source: Source) -> Iterator[tuple[int, str]]:
    """A name that could hold anything will."""
    for part in (*source.path.parts[:-1], source.path.stem):
        if source.tree is not None and part in BANNED_NAMES:
            yield 1, f"`{part}` says nothing of the job; name it after what it holds"


def check_left_for_later(source: Source) -> Iterator[tuple[int, str]]:
    """What is left for later is an issue, not a comment."""
    yield from _matches(source, _LEFT_FOR_LATER, "left for later: do it, or file it")


def check_exact_numbers(source: Source) -> Iterator[tuple[int, str]]:
    """No float comes near an amount."""
    if source.room not in EXACT_ROOMS or str(source.house) in FLOAT_ALLOWED:
        return
    shown = _shown_in_schema(source)
    for node in nodes(source):
        if node in shown:
            continue
        if isinstance(node, ast.Constant) and isinstance(node.value, float | complex):
            yield node.lineno, f"`{node.value}` is a float; amounts are ints, rates exact decimals"
        if isinstance(node, ast.Call) and "float" in used_names(node):
            yield node.lineno, "`float(` makes a float; amounts are ints, rates exact decimals"


def _shown_in_schema(source: Source) -> set[ast.AST]:
    # A field's `examples` are JSON for a reader; nothing is computed from them.
    return {
        inner
        for node in nodes(source)
        if isinstance(node, ast.keyword) and node.arg == "examples"
        for inner in ast.walk(node)
    }


def check_purity(source: Source) -> Iterator[tuple[int, str]]:
    """The core receives clock, chance, files and settings as arguments; it never fetches them."""
    if source.room not in CORE_ROOMS or str(source.house) in IMPURE_ALLOWED:
        return
    for node in nodes(source):
        modules = {name for name in imported_names(node) if name.split(".")[0] in IMPURE_MODULES}
        for name in sorted(modules | used_names(node) & IMPURE_NAMES):
            yield _line(node), f"the core uses `{name}`; take its answer as an argument"


def check_yaml(source: Source) -> Iterator[tuple[int, str]]:
    """A YAML text is data; no loader may build objects from it."""
    for node in nodes(source):
        for name in sorted(used_names(node) & UNSAFE_YAML):
            yield _line(node), f"`{name}` can build objects; use a safe loader"


def check_hosts(source: Source) -> Iterator[tuple[int, str]]:
    """Where packages come from is the machine's setting."""
    yield from _matches(source, _REGISTRY_HOST, NAMES_A_HOST)


def check_machine_paths(source: Source) -> Iterator[tuple[int, str]]:
    """A checkout works wherever it is."""
    yield from _matches(source, _MACHINE_PATH, NAMES_A_MACHINE_PATH)


def _line(node: ast.AST) -> int:
    return int(getattr(node, "lineno", 1))


def _matches(source: Source, pattern: re.Pattern[str], message: str) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(source.text.splitlines(), start=1):
        if pattern.search(line):
            yield number, message


CHECKS: tuple[Check, ...] = (
    check_file_size,
    check_function_size,
    check_docstring,
    check_name,
    check_left_for_later,
    check_exact_numbers,
    check_purity,
    check_yaml,
    check_hosts,
    check_machine_paths,
)


def findings_of(path: str, text: str) -> tuple[Finding, ...]:
    """Run every check over one file; Python that cannot be read is itself a finding."""
    where = PurePosixPath(path)
    try:
        source = Source(where, text, ast.parse(text) if path.endswith(".py") else None)
    except SyntaxError as error:
        return (Finding(where, error.lineno or 1, f"this is not Python: {error.msg}"),)
    return tuple(sorted({Finding(where, *each) for check in CHECKS for each in check(source)}))


def text_files(folder: Path, root: Path) -> Iterator[tuple[str, str]]:
    """Give path and text of every text file below a folder, in order.

    Left out: what is hidden or made, links, and files that are not UTF-8.
    """
    for entry in sorted(folder.iterdir()):
        if entry.is_symlink():
            continue
        if entry.is_dir():
            hidden = entry.name.startswith(".") and entry.name not in DOT_FOLDERS_READ
            if not hidden and entry.name not in SKIPPED_FOLDERS:
                yield from text_files(entry, root)
            continue
        if entry.name in SKIPPED_FILES:
            continue
        try:
            yield entry.relative_to(root).as_posix(), entry.read_text(encoding="utf-8")
        except (UnicodeDecodeError, FileNotFoundError):
            # No text, or gone since it was listed, as a test run's coverage data may be.
            continue


def main(root: Path) -> int:
    """Print every finding below a checkout; 0 when there is none."""
    files = list(text_files(root, root))
    found = [finding for path, text in files for finding in findings_of(path, text)]
    for finding in found:
        print(finding)
    print(f"{len(files)} files, {len(found)} findings")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(ROOT))
