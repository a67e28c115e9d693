"""One of several writers that charge a wallet one credit at a time, as often as they are told."""

import sys
from pathlib import Path

from policyengine.app.engine import Engine
from policyengine.values.calendar import Instant, parse_instant

POLICIES = Path(__file__).parents[2] / "policies" / "codeflicker"
_NOW = parse_instant("2026-02-01T00:00:00Z")


def clock() -> Instant:
    """Give an instant at which the first version is in force."""
    return _NOW


def charge(engine: Engine, key: str) -> bool:
    """Charge one credit; tells whether it was there."""
    return engine.charge("ana", "standard", {"text_input": 10_000}, key=key).is_accepted


def main(url: str, name: str, each: int) -> None:
    """Charge so many times, and print how many were accepted."""
    with Engine.open(url, POLICIES, clock=clock) as engine:
        sys.stdout.write(str(sum(charge(engine, f"{name}-{number}") for number in range(each))))
