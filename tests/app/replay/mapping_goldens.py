"""Golden pairs of mapping files: run this file to draw the messages of the bad ones anew."""

from collections.abc import Iterator
from pathlib import Path

from policyengine.app.replay.mapping.load import load_mapping
from policyengine.app.replay.mapping.suiting import check_suits
from policyengine.policy.timeline import Timeline
from policyengine.values.diagnostics import drawn

FOLDER = Path(__file__).parent / "diagnostics"


def bad_files() -> Iterator[Path]:
    """Give the bad files; each name begins with the code that the file is there for."""
    yield from sorted(FOLDER.glob("*.yaml"))


def drawing_of(path: Path, timelines: dict[str, Timeline]) -> tuple[list[str], str]:
    """Load a bad file: the codes that were found, and how the findings are drawn."""
    loaded = load_mapping(path.read_bytes(), path.name)
    findings = loaded.findings
    if loaded.document is not None:
        findings = check_suits(loaded.source, loaded.document, timelines)
    drawings = [drawn(each, loaded.source.lines) for each in findings]
    return [each.code for each in findings], "\n\n".join(drawings) + "\n"


if __name__ == "__main__":
    from app.replay.replays import policies

    for file in bad_files():
        file.with_suffix(".txt").write_text(drawing_of(file, dict(policies().timelines))[1])
