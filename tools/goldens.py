r"""Golden pairs of diagnostics: `python -m tools.goldens` writes the drawn messages anew.

A pair is a bad file `tests/policy/diagnostics/<CODE>-<slug>.yaml` and the messages drawn for it in
the `.txt` beside it. A file that is bad by its size is a `.recipe` instead: a line `repeat N`, and
the text that is repeated, with `{n}` for the number of the copy and `\n` for a line break. Versions
that do not fit each other are a folder instead, with one file for each, and perhaps a lock.
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from policyengine.policy.load import load_policy
from policyengine.policy.lock import LOCK_NAME, Lock, load_lock
from policyengine.policy.versions import load_timeline
from policyengine.values.diagnostics import Diagnostic, drawn, sorted_findings

ROOT: Final = Path(__file__).resolve().parent.parent
FOLDER: Final = ROOT / "tests" / "policy" / "diagnostics"
RECIPE: Final = ".recipe"


@dataclass(frozen=True, slots=True)
class Golden:
    """A bad file; its code is the part of the name before the first hyphen."""

    path: Path

    @property
    def code(self) -> str:
        """The code that the file is there for."""
        return self.path.stem.partition("-")[0]

    @property
    def drawing(self) -> Path:
        """Where the messages are."""
        return self.path.with_suffix(".txt")

    @property
    def content(self) -> bytes:
        """The bad file itself."""
        if self.path.suffix != RECIPE:
            return self.path.read_bytes()
        head, text = self.path.read_text().splitlines()
        copies = range(int(head.removeprefix("repeat ")))
        return "".join(text.replace(r"\n", "\n").replace("{n}", str(n)) for n in copies).encode()


def goldens() -> Iterator[Golden]:
    """Give all bad files and folders of versions, by name."""
    for path in sorted(FOLDER.iterdir()):
        if path.is_dir() or path.suffix in {".yaml", RECIPE}:
            yield Golden(path)


def findings_of(golden: Golden) -> tuple[tuple[Diagnostic, ...], str]:
    """Load a bad file, or versions together: what was found, and how it is drawn."""
    if golden.path.is_dir():
        return _findings_together(golden.path)
    loaded = load_policy(golden.content, golden.path.name)
    drawings = [drawn(each, loaded.source.lines) for each in loaded.diagnostics]
    return loaded.diagnostics, "\n\n".join(drawings) + "\n"


def _findings_together(folder: Path) -> tuple[tuple[Diagnostic, ...], str]:
    contents = [(path.name, path.read_bytes()) for path in sorted(folder.iterdir())]
    files = [each for each in contents if each[0] != LOCK_NAME]
    lock: Lock | None = None
    of_lock: tuple[Diagnostic, ...] = ()
    for name, data in contents:
        if name == LOCK_NAME:
            lock, of_lock = load_lock(data, name)
    result = load_timeline(files, lock=lock)
    found = sorted_findings((*of_lock, *result.diagnostics))
    lines = {each.source.name: each.source.lines for each in result.loaded}
    if lock is not None:
        lines[lock.name] = lock.lines
    drawings = [drawn(each, lines[each.file]) for each in found]
    return found, "\n\n".join(drawings) + "\n"


def main() -> int:
    """Write each drawing anew; name those that changed."""
    for golden in goldens():
        text = findings_of(golden)[1]
        old = golden.drawing.read_text() if golden.drawing.exists() else ""
        if text != old:
            golden.drawing.write_text(text)
            print(golden.drawing.relative_to(ROOT))
    return 0


if __name__ == "__main__":
    sys.exit(main())
