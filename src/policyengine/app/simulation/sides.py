"""The two policies of a simulation, as texts that any worker can read for itself."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from policyengine.app.editions import revision_policies
from policyengine.app.policies import PolicyError, policy_files
from policyengine.app.starter import policy_folder
from policyengine.policy.load import Loaded, load_policy
from policyengine.policy.timeline import Timeline
from policyengine.policy.versions import load_timeline
from policyengine.values.calendar import INSTANT_MIN
from policyengine.values.canonical import canonical_bytes, sha256_hex
from policyengine.values.diagnostics import drawn, has_errors

WORKERS_PREPARED_MAX = 8


@dataclass(frozen=True, slots=True)
class Side:
    """A policy to simulate: its files, and whether it is in force at all times.

    A folder holds versions, each from its own instant. A single file is one version, simulated as
    if it had always been in force; a draft takes part in either.
    """

    label: str
    files: tuple[tuple[str, bytes], ...]
    is_always: bool


def side_of(name: str) -> Side:
    """Read a side: a policy file, a folder of versions, or `@` and a packaged policy's name.

    Takes: also `REVISION:path`, a file or folder as a git revision has it.
    Raises: PolicyError for a path without a policy.
    """
    path = policy_folder(name)
    revision, colon, inside = name.partition(":")
    if colon and not path.exists():
        top, files = revision_policies(revision, inside)
        is_single = [each for each, _ in files] == [f"{revision}:{top}"]
    else:
        is_single = path.is_file()
        files = [(str(each), _read(each)) for each in policy_files(path)]
    if not files:
        raise PolicyError(f"there is no policy file in `{name}`")
    folders = sorted({each.rpartition("/")[0] for each, _ in files})
    if len(folders) > 1:
        listed = ", ".join(f"`{each}`" for each in folders)
        raise PolicyError(f"`{name}` holds several policies; name one of {listed}")
    return Side(name, tuple(files), is_single)


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise PolicyError(f"`{file}` cannot be read: {error.strerror}") from error


@lru_cache(maxsize=WORKERS_PREPARED_MAX)
def timeline_of(side: Side) -> Timeline:
    """Read a side's policy.

    Raises: PolicyError with every finding drawn.
    """
    if side.is_always:
        name, data = side.files[0]
        alone = load_policy(data, name)
        sources: tuple[Loaded, ...] = (alone,)
        findings = alone.diagnostics
        timeline = None if alone.policy is None else Timeline((alone.policy,), (INSTANT_MIN,))
    else:
        read = load_timeline(side.files, with_drafts=True)
        findings, timeline, sources = read.diagnostics, read.timeline, read.loaded
    if timeline is None or has_errors(findings):
        lines = {each.source.name: each.source.lines for each in sources}
        report = "\n\n".join(drawn(each, lines.get(each.file, ())) for each in findings)
        raise PolicyError(report, findings)
    return timeline


def content_of(side: Side) -> str:
    """Give the hash of what a side says, whatever its layout and the names of its files."""
    timeline = timeline_of(side)
    versions = [
        [start, policy.sha256]
        for start, policy in zip(timeline.starts, timeline.policies, strict=True)
    ]
    return sha256_hex(canonical_bytes([timeline.name, versions]))
