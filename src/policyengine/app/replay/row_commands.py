"""The commands of a row: joining at a wallet's first one, and the charge."""

from dataclasses import dataclass
from typing import Final

from policyengine.app.replay.mapping.document import MappingDocument
from policyengine.app.replay.placing import Placing
from policyengine.app.replay.usage_rows import UsageRow
from policyengine.engine.commands import Charge, Command, Subscribe, Usage

ACTOR: Final = "replay"
DIGEST_LENGTH: Final = 32
"""How much of the file's digest is in each key: 128 bits."""


@dataclass(frozen=True, slots=True)
class RowCommands:
    """Makes commands of rows; keys have the file's digest and the row's number."""

    document: MappingDocument
    placing: Placing
    digest: str

    def join(self, row: UsageRow, policy: str) -> Command:
        """Give the command by which a wallet begins, at the time of its first row."""
        body = Subscribe(self.document.wallets.plan, policy)
        at = self.placing.instant(row.time)
        return Command(row.wallet_id, f"{ACTOR}:{self.digest}:join", at, body, ACTOR)

    def charge(self, row: UsageRow) -> Command:
        """Give the charge of a row."""
        document = self.document
        at = self.placing.instant(row.time)
        counts = tuple(
            [(unit, count) for unit, count in zip(document.units, row.counts, strict=True) if count]
        )
        usage = Usage(row.model, counts, at, row.outcome)  # type: ignore[arg-type]  # one of three
        is_after = not document.wallets.when_short and document.wallets.still_short != "refuse"
        body = Charge(usage, is_after, row.conversation, row.operation)
        return Command(row.wallet_id, f"{ACTOR}:{self.digest}:{row.number}", at, body, ACTOR)
