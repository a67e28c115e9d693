"""A terminal in a folder that `init` would have written, and transcripts as snapshots."""

from pathlib import Path
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

from cli.terminal import Terminal
from policyengine.app.starter import starter_files


class Transcripts(SingleFileSnapshotExtension):
    """Keeps what a script printed as a text file."""

    file_extension = "txt"
    _write_mode = WriteMode.TEXT


@pytest.fixture
def empty(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Terminal:
    """A terminal of 80 columns without colours, in an empty folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("NO_COLOR", "1")
    for name in (
        *("POLICYENGINE_DB", "POLICYENGINE_POLICIES"),
        *("GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY"),
    ):
        monkeypatch.delenv(name, raising=False)
    return Terminal(tmp_path, capsys)


@pytest.fixture
def terminal(empty: Terminal) -> Terminal:
    """A terminal in a folder with the starter policy."""
    for path, content in starter_files("chat").items():
        target = empty.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    return empty


@pytest.fixture
def transcript(snapshot: SnapshotAssertion) -> Any:
    """A snapshot in a text file of its own."""
    return snapshot.use_extension(Transcripts)
