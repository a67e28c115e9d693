"""What stops a replay: a file or mapping that cannot be used as it is."""

from collections.abc import Sequence

from policyengine.values.diagnostics import Diagnostic


class ReplayError(Exception):
    """A replay cannot go on; the message says why and what to do.

    `findings` are the diagnostics of a mapping file, if that is the reason.
    """

    def __init__(self, message: str, findings: Sequence[Diagnostic] = ()) -> None:
        """Carry the message for people and the findings behind it."""
        super().__init__(message)
        self.findings = tuple(findings)
