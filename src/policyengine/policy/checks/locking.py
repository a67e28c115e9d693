"""Versions against the lock: what was published stays as it was published."""

from collections.abc import Iterator, Sequence

from policyengine.policy.checks.sequence import Version
from policyengine.policy.lock import Lock, Locked
from policyengine.values.diagnostics import Diagnostic, Related


def check_locked(
    versions: Sequence[tuple[Version, str]], lock: Lock, *, is_whole: bool
) -> Iterator[Diagnostic]:
    """Ask of each version whether it is what was published, and of the lock whether all are there.

    Takes: versions of one policy, each with the hash of its content; whether these are all files
    of the policy.
    """
    for version, sha256 in versions:
        entry = lock.of(version.document.policy).get(version.number)
        is_published = version.document.status == "published"
        if entry is None:
            if is_published:
                yield _not_locked(version, lock)
        elif not is_published:
            yield _drafted(version, entry, lock)
        elif entry.sha256 != sha256:
            yield _edited(version, entry, lock)
    if versions and is_whole:
        yield from _absent([each for each, _ in versions], lock)


def _see(entry: Locked, lock: Lock, message: str) -> Related:
    return Related(entry.span, message, lock.name)


def _edited(version: Version, entry: Locked, lock: Lock) -> Diagnostic:
    return version.found(
        "PE412",
        "/version",
        f"version {version.number} is published, and it says something else than it did then",
        "take back the change, such as by `git checkout`, and put it into a version of its own: "
        "`policyengine new-version`",
        _see(entry, lock, f"it was published as `{entry.sha256[:12]}`"),
    )


def _drafted(version: Version, entry: Locked, lock: Lock) -> Diagnostic:
    return version.found(
        "PE412",
        "/status",
        f"version {version.number} was published, and cannot be a draft again",
        "write `published`; changes go into a version of their own: `policyengine new-version`",
        _see(entry, lock, "published here"),
    )


def _not_locked(version: Version, lock: Lock) -> Diagnostic:
    name = version.document.policy
    return version.found(
        "PE413",
        "/status",
        f"version {version.number} is published, and `{lock.name}` does not name it",
        f"run `policyengine publish {name}@{version.number}`, or write `draft`",
    )


def _absent(versions: Sequence[Version], lock: Lock) -> Iterator[Diagnostic]:
    name = versions[0].document.policy
    there = {each.number for each in versions}
    for number, entry in lock.of(name).items():
        if number not in there:
            yield Diagnostic(
                "PE414",
                f"version {number} of `{name}` is published, and its file is not there",
                lock.name,
                entry.span,
                help="put the file back, such as from git",
                related=(versions[0].see("/policy", "its policy is here"),),
            )
