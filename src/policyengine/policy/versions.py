"""The versions of one policy together: files in, a timeline out, findings that name both files."""

from collections.abc import Sequence
from dataclasses import dataclass

from policyengine.policy.checks.locking import check_locked
from policyengine.policy.checks.sequence import Version, check_gaps, check_sequence
from policyengine.policy.checks.subscribers import check_subscribers
from policyengine.policy.load import Loaded, content_hash, load_policy
from policyengine.policy.lock import Lock
from policyengine.policy.timeline import Timeline
from policyengine.values.diagnostics import Diagnostic, has_errors, sorted_findings


@dataclass(frozen=True, slots=True)
class LoadedTimeline:
    """The files of one policy, each as far as it could be read, in the order given.

    `timeline` is None where any finding is an error, and where no version is to come into force.
    """

    timeline: Timeline | None
    loaded: tuple[Loaded, ...]
    diagnostics: tuple[Diagnostic, ...]


def load_timeline(
    files: Sequence[tuple[str, str | bytes]],
    *,
    with_drafts: bool = False,
    lock: Lock | None = None,
) -> LoadedTimeline:
    """Read all versions of one policy, and check how they follow each other.

    Takes: each file's name and content, in any order; whether drafts shall come into force too, as
    a review or a simulation wants it; the lock that holds published versions to what they were.
    Gives: the timeline of the published versions, if no finding is an error. Never raises.
    """
    loaded = tuple(load_policy(data, name) for name, data in files)
    return timeline_of(loaded, with_drafts=with_drafts, lock=lock)


def timeline_of(
    loaded: tuple[Loaded, ...], *, with_drafts: bool = False, lock: Lock | None = None
) -> LoadedTimeline:
    """Check how versions that were read follow each other, as `load_timeline` does."""
    findings = [finding for each in loaded for finding in each.diagnostics]
    findings += lock_findings(loaded, lock, is_whole=True)
    versions = _versions(loaded)
    findings += check_sequence(versions)
    if len(versions) == len(loaded):
        findings += check_gaps(versions)
        if not has_errors(findings):
            findings += check_subscribers(versions)
    return LoadedTimeline(
        None if has_errors(findings) else _timeline(loaded, with_drafts=with_drafts),
        loaded,
        sorted_findings(findings),
    )


def lock_findings(
    loaded: Sequence[Loaded], lock: Lock | None, *, is_whole: bool
) -> tuple[Diagnostic, ...]:
    """Hold versions to their lock.

    Takes: files of one policy, or one file; whether they are all of its files.
    """
    if lock is None:
        return ()
    versions = [
        (Version(each.source, each.document), content_hash(each.document))
        for each in loaded
        if each.document is not None
    ]
    # A file that cannot be read may be the one that seems to be missing.
    is_whole = is_whole and len(versions) == len(loaded)
    return tuple(check_locked(versions, lock, is_whole=is_whole))


def _versions(loaded: Sequence[Loaded]) -> tuple[Version, ...]:
    """Give the documents that could be read, by number; equal numbers by file."""
    versions = [Version(each.source, each.document) for each in loaded if each.document is not None]
    return tuple(sorted(versions, key=lambda each: (each.number, each.source.name)))


def _timeline(loaded: Sequence[Loaded], *, with_drafts: bool) -> Timeline | None:
    policies = [
        each.policy
        for each in loaded
        if each.policy is not None and (with_drafts or each.policy.document.status == "published")
    ]
    return Timeline.of(*policies) if policies else None
