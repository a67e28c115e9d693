"""Engines on ledgers in memory for tests, with the starter policy and a clock that is moved."""

from dataclasses import dataclass
from pathlib import Path

from policyengine.app.engine import Engine
from policyengine.app.policies import Policies, read_policies
from policyengine.app.starter import starter_files
from policyengine.ledger.transactions import Transaction
from policyengine.policy.policy import Policy
from policyengine.values.calendar import Instant, parse_instant

STARTS_AT = parse_instant("2026-02-01T09:00:00Z")
POLICY = Path("policies/my_product/v1.yaml")
SECOND_VERSION = """
replaces: {version: 1, rates_and_models: from_effective, plans: at_next_cycle, packs: new_purchases}
"""


def policy_text() -> str:
    """Give the starter policy: small x 0.5, standard x 1, large x 4; text 100 in, 500 out."""
    return starter_files("chat")[POLICY].decode()


def second_version(text: str) -> str:
    """Give a second version, in force from 10 February, where `large` has x 5."""
    for old, new in (
        ("version: 1\n", "version: 2\n"),
        ("2026-01-01T00:00:00Z", "2026-02-10T00:00:00Z"),
        ("multiplier: 4\n", "multiplier: 5\n"),
    ):
        assert old in text
        text = text.replace(old, new)
    return text + SECOND_VERSION


def policies_in(folder: Path, *texts: str) -> Policies:
    """Write versions into a folder and read them."""
    for number, text in enumerate(texts, start=1):
        (folder / f"v{number}.yaml").write_text(text)
    policies = read_policies([folder])
    assert not policies.findings, policies.report()
    return policies


@dataclass(slots=True)
class Clock:
    """A clock that stands still until it is set."""

    at: Instant = STARTS_AT

    def __call__(self) -> Instant:
        return self.at

    def set(self, text: str) -> None:
        self.at = parse_instant(text)


@dataclass(slots=True)
class Shop:
    """An engine with its clock; the wallet `ana` is on plan `plus` with 1,000 credits."""

    engine: Engine
    clock: Clock

    def charge(self, tokens: int = 1200, *, model: str = "large", **said: str) -> Transaction:
        """Charge a request that sends text: 1,200 tokens of it cost 0.48 on `large`."""
        receipt = self.engine.charge(
            "ana",
            model,
            {"text_input": tokens},
            conversation=said.get("conversation", ""),
            operation=said.get("operation", ""),
        )
        return receipt.or_raise().transaction

    @property
    def policy(self) -> Policy:
        """Give the version in force."""
        return self.engine.policy_of("ana")


def open_shop(policies: Policies, url: str = "sqlite://") -> Shop:
    """Open a ledger and subscribe `ana` to `plus`."""
    clock = Clock()
    engine = Engine.open(url, policies, clock=clock)
    engine.subscribe("ana", "plus", key="join").or_raise()
    return Shop(engine, clock)
