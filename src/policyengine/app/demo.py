"""The story that `demo` tells: one wallet, a plan, a pack, requests that succeed, repeat and fail.

Every number in it comes out of the engine; the clock is the story's own, so that it always ends
in the same place.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from policyengine.app.engine import Engine
from policyengine.app.policies import Policies
from policyengine.app.receipts import Receipt
from policyengine.engine.balance import Balance
from policyengine.engine.estimating import Estimate
from policyengine.policy.policy import Policy
from policyengine.store.findings import Report
from policyengine.values.calendar import SECOND, Instant, parse_instant

STARTS_AT: Final = parse_instant("2026-09-01T09:00:00Z")
ENDS_AT: Final = parse_instant("2026-09-01T09:05:00Z")
WALLET: Final = "ana"
MODEL: Final = "frontier"
SENT: Final = {"text_input": 1200}
USED: Final = {"text_input": 1200, "text_output": 400}
TOO_MUCH: Final = {"text_input": 3_000_000}
_STEP: Final = 60 * SECOND


@dataclass(slots=True)
class StoryClock:
    """A clock that goes on when the story does."""

    at: Instant = STARTS_AT

    def __call__(self) -> Instant:
        """Give the story's time."""
        return self.at

    def go_on(self) -> None:
        """Let a minute pass."""
        self.at += _STEP


@dataclass(frozen=True, slots=True)
class Story:
    """What happened, in order."""

    policy: Policy
    versions: int
    subscribed: Receipt
    bought: Receipt
    estimate: Estimate
    charged: Receipt
    retried: Receipt
    held: Receipt
    failed: Receipt
    refused: Receipt
    balance: Balance
    audit: Report


def forget(database: Path) -> None:
    """Delete the ledger of an earlier telling, with what SQLite keeps beside it."""
    for suffix in ("", "-wal", "-shm", "-journal", ".lock"):
        database.with_name(database.name + suffix).unlink(missing_ok=True)


def tell(url: str, policies: Policies) -> Story:
    """Play the story on an empty ledger.

    Raises: Refused where a step that should be accepted is not.
    """
    clock = StoryClock()
    with Engine.open(url, policies, clock=clock) as engine:
        return _told(engine, clock.go_on)


def _told(engine: Engine, go_on: Callable[[], None]) -> Story:
    subscribed = engine.subscribe(WALLET, "pro", key="join").or_raise()
    bought = engine.buy_pack(WALLET, "pack_500", reference="pay_1", key="pay_1").or_raise()
    go_on()
    estimate = engine.estimate(WALLET, MODEL, SENT)
    if not isinstance(estimate, Estimate):
        raise TypeError(estimate.message)
    go_on()

    def charge() -> Receipt:
        return engine.charge(
            WALLET,
            MODEL,
            USED,
            conversation="c-1",
            operation="op-1",
            estimate=estimate,
            key="request-1",
        ).or_raise()

    charged = charge()
    retried = charge()
    go_on()
    held = engine.hold(
        WALLET,
        model=MODEL,
        counts={**SENT, "text_output": estimate.output_tokens.high},
        conversation="c-1",
        operation="op-2",
        key="hold-2",
    ).receipt.or_raise()
    go_on()
    failed = engine.capture(held.id, model=MODEL, counts=SENT, outcome="failed", key="request-2")
    go_on()
    refused = engine.charge(
        WALLET, MODEL, TOO_MUCH, conversation="c-2", operation="op-3", key="request-3"
    )
    policy = engine.policy_of(WALLET)
    return Story(
        policy,
        len(engine.shell.policies.timelines[policy.name].policies),
        subscribed,
        bought,
        estimate,
        charged,
        retried,
        held,
        failed.or_raise(),
        refused,
        engine.balance(WALLET),
        engine.verify(),
    )
