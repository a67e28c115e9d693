"""What the tests of faults count: written to a file by one run, drawn as the README's table."""

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
README: Final = ROOT / "README.md"
BEGIN: Final = "<!-- made by tools/counts -->"
END: Final = "<!-- until here -->"
PROPERTY: Final = "count:"
"""Tests hand their counts to the end of the run as properties whose names begin so."""
FILE_VARIABLE: Final = "COUNTS_FILE"
SEED_VARIABLE: Final = "SOAK_SEED"
SEED: Final = 2026

DONE: Final = {
    "deaths": "processes killed before and after a statement or a step of a migration",
    "kills": "processes killed at a random moment",
    "backends": "connections ended by the server in the middle of a command",
    "restarts": "servers stopped at once and started again",
    "cuts": "connections cut around a commit",
    "images": "disks as a power failure could leave them",
    "io_errors": "reads, writes and syncs that failed",
    "full_disks": "writes to a full disk",
    "contentions": "deadlocks, lost races and lock time-outs at a statement",
    "restores": "backups made under load and restored",
    "retried": "commands that were decided again after one",
    "surfaced": "commands that were refused after five, with nothing written",
    "duplicates": "requests sent again",
    "reused": "keys sent again for something else",
    "reorderings": "requests in another order",
    "clock_jumps": "jumps of the clock",
    "interleavings": "orders of two sessions' statements",
    "races": "races of parallel writers",
    "sweeps": "sweeps, twice, killed or late",
    "edits": "alterations behind the ledger's back",
    "shed": "requests turned away by a full queue",
    "bounds": "amounts at the bounds of integers",
    "steps": "random steps against a model",
    "fuzz_inputs": "hostile files",
    "audits": "audits of the whole ledger",
    "acknowledged": "acknowledged answers looked up again",
    "replayed": "answers of an unknown outcome found by asking again",
}
"""What tests do to the ledger, and how they look at it afterwards."""
HARM: Final = {
    "lost": "acknowledged and not in the ledger",
    "duplicated": "written twice for one key",
    "unbalanced": "faults found by audits",
    "undetected": "alterations that the audit does not see",
}
"""What must never come of it."""
WORST: Final = {
    "recovery": ("from the start of a server that was stopped to its answer", "ms"),
    "first_answer": ("from there to the first command that is acknowledged", "ms"),
    "wait": ("one of up to 16 writers of a file waits for those who die with its lock", "ms"),
    "contended_p99": ("of 100 commands of 64 writers on one wallet, 99 took less", "ms"),
    "overload_p99": ("of 100 commands that an overload let in, 99 took less", "ms"),
    "overload_shed": ("commands that an overload turned away", "%"),
    "dead_rows": ("rows that 60 commands leave behind a reader of long ago, on a server", "rows"),
    "log": ("log that 60 commands leave behind a reader of long ago, beside a file", "KiB"),
    "poison_time": ("processor time for a hostile file", "ms"),
    "poison_memory": ("memory for hostile files, beyond that for an honest one", "MiB"),
}
"""What the worst of a run came to, in its unit. It depends on the machine and what else it does."""
NAMES: Final = (*DONE, *HARM, *WORST)


@dataclass(frozen=True, slots=True)
class Counts:
    """The counts of one run, and what to give to have the same run again."""

    commit: str
    seed: int
    counts: dict[str, int]

    def line(self) -> str:
        """Say the counts in one line."""
        told = [name for name in DONE if self[name]] + [
            name for name in HARM if name in self.counts
        ]
        done = [f"{self[name]:,} {_words(name)}" for name in told]
        worst = [f"{_words(name)} at most {self.worst(name)}" for name in WORST if self[name]]
        return ", ".join(done + worst)

    def worst(self, name: str) -> str:
        """Say the worst of a kind in its unit."""
        return f"{self[name]:,} {WORST[name][1]}"

    def __getitem__(self, name: str) -> int:
        return self.counts.get(name, 0)

    def table(self) -> str:
        """Draw the counts as a table in Markdown."""
        rows = [f"| {DONE[name]} | {self[name]:,} |" for name in DONE if self[name]]
        rows += [f"| **{HARM[name]}** | **{self[name]:,}** |" for name in HARM]
        where = f"One run of `tools/soak` with seed {self.seed} at commit `{self.commit}`."
        page = [where, "", "| what | times |", "|---|---:|", *rows]
        worst = [f"| {WORST[name][0]} | {self.worst(name)} |" for name in WORST if self[name]]
        if worst:
            page += ["", "| at worst | |", "|---|---:|", *worst]
        return "\n".join(page)


def _words(name: str) -> str:
    return name.replace("_", " ")


def centile(values: Iterable[float]) -> int:
    """Give the milliseconds below which 99 of 100 times are that were taken in seconds."""
    ordered = sorted(values)
    return int(1000 * ordered[-1 - len(ordered) // 100]) if ordered else 0


def gathered(properties: Iterable[tuple[str, object]]) -> Counts:
    """Add up what tests have counted, and take the worst of what they have measured.

    Takes: the properties of their reports.
    """
    sums: Counter[str] = Counter()
    for key, value in properties:
        if key.startswith(PROPERTY):
            name, number = key.removeprefix(PROPERTY), int(str(value))
            sums[name] = max(sums[name], number) if name in WORST else sums[name] + number
    return Counts(commit(), seed(), {name: sums[name] for name in NAMES if name in sums})


def seed() -> int:
    """Give the number that all random choices of a long run follow from."""
    return int(os.environ.get(SEED_VARIABLE, SEED))


def commit() -> str:
    """Give the commit that is checked out, or a dash outside a repository."""
    asked = ("git", "rev-parse", "--short=12", "HEAD")
    try:
        done = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=False)
    except OSError:
        return "-"
    return done.stdout.strip() or "-"


def keep(counts: Counts) -> None:
    """Write counts to the file that the environment names, if it names one."""
    if name := os.environ.get(FILE_VARIABLE):
        Path(name).write_text(json.dumps(asdict(counts), indent=2) + "\n", "utf-8")


def kept(path: Path) -> Counts:
    """Read counts from a file."""
    found = json.loads(path.read_text("utf-8"))
    return Counts(found["commit"], found["seed"], found["counts"])


def with_table(text: str, counts: Counts) -> str:
    """Put a table into a page, in the place of the one that is there."""
    start, end = text.index(BEGIN), text.index(END)
    return f"{text[:start]}{BEGIN}\n{counts.table()}\n{text[end:]}"


def main(arguments: list[str]) -> int:
    """Print the table of a file of counts; with `--renew`, put it into the README as well."""
    path, *options = arguments
    counts = kept(Path(path))
    print(counts.table())
    if options == ["--renew"]:
        README.write_text(with_table(README.read_text("utf-8"), counts), "utf-8")
    return 1 if any(counts[name] for name in HARM) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
