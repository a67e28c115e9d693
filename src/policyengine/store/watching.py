"""A watch on one write: how long it waited for its locks, and how long it committed."""

from dataclasses import dataclass, field
from time import monotonic

from policyengine.store.happenings import Written
from policyengine.store.sessions import WriteSession


@dataclass(slots=True)
class Watch:
    """Notes the steps of a write as they come; one that fails never comes to the later ones."""

    began: float = field(default_factory=monotonic)
    session: WriteSession | None = None
    started: float | None = None
    committing: float | None = None

    def start(self, session: WriteSession) -> None:
        """Note that the write has its connection, and the lock that it began with."""
        self.session, self.started = session, monotonic()

    def commit(self) -> None:
        """Note that all is decided and sent."""
        self.committing = monotonic()

    def written(self, fault: str) -> Written:
        """Say what has happened, by the end.

        Takes: the class of the exception that ended it, empty where it was committed.
        """
        ended, session = monotonic(), self.session
        locked = 0 if session is None else session.waited_seconds
        return Written(
            fault,
            0 if fault or session is None else session.transactions_count,
            0 if fault or session is None else session.wallets_count,
            ended - self.began,
            (ended if self.started is None else self.started) - self.began + locked,
            0 if self.committing is None else ended - self.committing,
        )
