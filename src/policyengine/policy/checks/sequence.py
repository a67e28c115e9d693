"""Versions side by side: one name, numbers without gaps, and instants in the same order."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from policyengine.policy.document import PolicyDocument
from policyengine.policy.source import Source
from policyengine.values.calendar import Instant, parse_instant
from policyengine.values.diagnostics import Diagnostic, Related, Severity


@dataclass(frozen=True, slots=True)
class Version:
    """One file that has the shape of a policy."""

    source: Source
    document: PolicyDocument

    @property
    def number(self) -> int:
        """The version's number."""
        return self.document.version

    @property
    def effective_at(self) -> Instant | None:
        """When it comes into force; None where that is no instant, which is reported elsewhere."""
        try:
            return parse_instant(self.document.effective)
        except ValueError:
            return None

    def found(
        self,
        code: str,
        pointer: str,
        message: str,
        help_: str,
        *related: Related,
        at_key: bool = False,
        severity: Severity = "error",
    ) -> Diagnostic:
        """Make a finding about a value in this file, or about its key."""
        span = self.source.key_span(pointer) if at_key else self.source.value_span(pointer)
        return Diagnostic(code, message, self.source.name, span, severity, pointer, help_, related)

    def see(self, pointer: str, message: str, *, at_key: bool = False) -> Related:
        """Name a value of this file, or its key, in a finding about another file."""
        span = self.source.key_span(pointer) if at_key else self.source.value_span(pointer)
        return Related(span, message, self.source.name)


def check_sequence(versions: Sequence[Version]) -> Iterator[Diagnostic]:
    """Ask of versions what holds of any two of them, also where files are missing between.

    Takes: versions in the order of their numbers.
    """
    of_another = list(_check_names(versions))
    yield from of_another
    if not of_another:
        for one, other in pairwise(versions):
            yield from _check_pair(one, other)
        yield from _check_drafts(versions)


def check_gaps(versions: Sequence[Version]) -> Iterator[Diagnostic]:
    """Versions are numbered 1, 2, 3 and so on.

    Takes: all versions, in the order of their numbers.
    """
    before = 0
    for version in versions:
        if version.number > before + 1:
            missing = f"version {before + 1} is missing"
            if version.number > before + 2:
                missing = f"versions {before + 1} to {version.number - 1} are missing"
            yield version.found(
                "PE405",
                "/version",
                f"{missing} before version {version.number}",
                f"add the file, or write `{before + 1}` if this version comes next",
            )
        before = version.number


def _check_names(versions: Sequence[Version]) -> Iterator[Diagnostic]:
    """All files are of one policy."""
    for other in versions[1:]:
        first = versions[0]
        name = first.document.policy
        if other.document.policy != name:
            yield other.found(
                "PE401",
                "/policy",
                f"`{other.document.policy}` is not the policy of the files beside it",
                f"write `{name}`, or keep the files of the two policies apart",
                first.see("/policy", f"a version of `{name}`"),
            )


def _check_pair(one: Version, other: Version) -> Iterator[Diagnostic]:
    """A number is used once, and the higher one comes into force later."""
    if one.number == other.number:
        yield other.found(
            "PE402",
            "/version",
            f"the number {other.number} is taken",
            "give the later version the next number",
            one.see("/version", "the same number"),
        )
        return
    first, second = one.effective_at, other.effective_at
    if first is None or second is None or first < second:
        return
    if first == second:
        yield other.found(
            "PE403",
            "/effective",
            f"version {other.number} comes into force at the same instant as version {one.number}",
            "write a later instant",
            one.see("/effective", "the same instant"),
        )
    else:
        yield other.found(
            "PE404",
            "/effective",
            f"version {other.number} comes into force before version {one.number}",
            "write a later instant, or number the versions in the order of time",
            one.see("/effective", "later than that"),
        )


def _check_drafts(versions: Sequence[Version]) -> Iterator[Diagnostic]:
    """What follows a draft is a draft."""
    published = [each for each in versions if each.document.status == "published"]
    for version in versions:
        if (
            version.document.status == "draft"
            and published
            and published[-1].number > version.number
        ):
            last = published[-1]
            yield version.found(
                "PE406",
                "/status",
                f"version {version.number} is a draft, and version {last.number} is published",
                "publish this version first, or give it the next number",
                last.see("/status", "published"),
            )
