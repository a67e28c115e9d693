"""Publishing: which version is next, whether it may be published, and what is written for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from policyengine.app.locking import lock_place, read_lock
from policyengine.app.policies import Policies, read_policies
from policyengine.app.versioning import CannotVersion, published
from policyengine.policy.load import Loaded, content_hash, load_policy
from policyengine.policy.lock import HEAD, LOCK_NAME, line_of
from policyengine.policy.versions import timeline_of
from policyengine.values.calendar import Instant, parse_instant
from policyengine.values.diagnostics import Diagnostic


@dataclass(frozen=True, slots=True)
class Publication:
    """What publishing writes: the file's new text, if it was a draft, and lines for the lock.

    `findings` are errors that it is refused for. `numbers` are the versions that get locked.
    """

    policy: str
    numbers: tuple[int, ...]
    file: Path
    text: str | None
    lock: Path
    head: str
    lines: tuple[str, ...]
    findings: tuple[Diagnostic, ...] = ()


def versions_in(folder: Path, policy: str | None) -> tuple[Policies, tuple[Loaded, ...]]:
    """Read the versions of a policy in a folder of policies, by number.

    Raises: CannotVersion where there is no such policy, or several and none was named.
    """
    read = read_policies([folder])
    names = sorted({each.document.policy for each in read.loaded if each.document is not None})
    if policy is None and len(names) != 1:
        raise CannotVersion(
            f"`{folder}` has {len(names)} policies: {', '.join(names)}", "say which one by its name"
        )
    name = names[0] if policy is None else policy
    found = [
        each for each in read.loaded if each.document is not None and each.document.policy == name
    ]
    if not found:
        raise CannotVersion(
            f"`{folder}` has no policy `{name}` that can be read", f"policies: {', '.join(names)}"
        )
    return read, tuple(sorted(found, key=_number))


def _number(loaded: Loaded) -> int:
    return 0 if loaded.document is None else loaded.document.version


def publication_of(
    folder: Path, policy: str | None, number: int | None, now: Instant, *, in_the_past: bool
) -> Publication:
    """Prepare a publication: of the version that is named, or the next draft.

    Versions that were published by hand and that the lock does not name are locked with it.
    Raises: CannotVersion where there is nothing to publish, or the version would reach back.
    """
    _, versions = versions_in(folder, policy)
    place = lock_place(Path(versions[0].source.name).parent) or folder / LOCK_NAME
    known = {}
    if place.is_file():
        lock, findings = read_lock(place)
        if findings:
            raise CannotVersion(f"`{place}` is broken: {findings[0].message}", findings[0].help)
        known = lock.of(versions[0].document.policy if versions[0].document else "")
    chosen = _chosen(versions, number, set(known))
    document = chosen.document
    if document is None:
        raise CannotVersion(f"{chosen.source.name} cannot be read", "mend it first")
    is_draft = document.status == "draft"
    if is_draft and not in_the_past:
        _refuse_past(chosen, now)
    text = published(chosen.source.text) if is_draft else None
    after = load_policy(chosen.source.text if text is None else text, chosen.source.name)
    together = tuple(after if each is chosen else each for each in versions)
    errors = [each for each in timeline_of(together).diagnostics if each.severity == "error"]
    unlocked = [
        each
        for each in together
        if each.document is not None
        and each.document.status == "published"
        and each.document.version not in known
        and each.document.version <= document.version
    ]
    return Publication(
        document.policy,
        tuple(_number(each) for each in unlocked),
        Path(chosen.source.name),
        text,
        place,
        "" if place.is_file() else HEAD,
        tuple(
            line_of(each.document.policy, each.document.version, content_hash(each.document))
            for each in unlocked
            if each.document is not None
        ),
        tuple(errors),
    )


def _chosen(versions: Sequence[Loaded], number: int | None, locked: set[int]) -> Loaded:
    """Find the version that is meant: drafts are published in the order of their numbers."""
    if number is not None:
        for each in versions:
            if _number(each) == number:
                if number in locked:
                    raise CannotVersion(f"version {number} is published already", "nothing to do")
                return each
        raise CannotVersion(
            f"there is no version {number}",
            f"versions: {', '.join(map(str, map(_number, versions)))}",
        )
    drafts = [each for each in versions if each.document and each.document.status == "draft"]
    open_ = [each for each in versions if _number(each) not in locked and each not in drafts]
    if not drafts and not open_:
        raise CannotVersion(
            "every version is published already", "make one with `policyengine new-version`"
        )
    return drafts[0] if drafts else open_[-1]


def _refuse_past(chosen: Loaded, now: Instant) -> None:
    document = chosen.document
    if document is None or document.version == 1 or parse_instant(document.effective) > now:
        return
    raise CannotVersion(
        f"version {document.version} would reach into the past: it counts from "
        f"{document.effective}, and requests since then were priced by version "
        f"{document.version - 1}",
        "give it a later `effective`, or publish it all the same with `--in-the-past`",
    )
