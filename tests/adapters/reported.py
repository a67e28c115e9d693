"""Usage as providers report it, one file per trap, each with its arithmetic and what it counts as.

A file holds `trap`, what goes wrong without care; `usage`, and `tool_usage` where the API has it;
`sdk`, the type that the provider's SDK reads it into; and either `counts`, with `arithmetic` from
the reported figures and what had to be `assumed`, or `error`, the whole message.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from policyengine.adapters.counts import Counts
from policyengine.adapters.openai import openai_responses
from policyengine.adapters.usage import PROVIDERS, usage_of

FOLDER: Final = Path(__file__).parent / "fixtures"


@dataclass(frozen=True, slots=True)
class Reported:
    """One file."""

    provider: str
    name: str
    usage: Any
    tool_usage: Any
    sdk: str | None
    counts: dict[str, int] | None
    arithmetic: dict[str, str]
    assumed: tuple[str, ...]
    error: str | None

    def __str__(self) -> str:
        return f"{self.provider}/{self.name}"

    def counted(self, usage: object = None) -> Counts:
        """Count it, or the same usage as another object."""
        usage = self.usage if usage is None else usage
        if self.tool_usage is not None:
            return openai_responses(usage, self.tool_usage)
        provider = next(each for each in PROVIDERS if each == self.provider)
        return usage_of(provider, usage)


def _load(path: Path) -> Reported:
    found = json.loads(path.read_text(encoding="utf-8"))
    return Reported(
        provider=path.parent.name,
        name=path.stem,
        usage=found["usage"],
        tool_usage=found.get("tool_usage"),
        sdk=found.get("sdk"),
        counts=found.get("counts"),
        arithmetic=found.get("arithmetic", {}),
        assumed=tuple(found.get("assumed", ())),
        error=found.get("error"),
    )


REPORTED: Final = tuple(_load(path) for path in sorted(FOLDER.glob("*/*.json")))
COUNTED: Final = tuple(each for each in REPORTED if each.error is None)
REFUSED: Final = tuple(each for each in REPORTED if each.error is not None)


def numbers_in(value: object) -> set[int]:
    """Find every whole number in a decoded JSON value."""
    if isinstance(value, dict):
        return set().union(*(numbers_in(each) for each in value.values()))
    if isinstance(value, list):
        return set().union(*(numbers_in(each) for each in value))
    return {value} if type(value) is int else set()
