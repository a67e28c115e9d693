"""The table of models: which model of the policy a name in the file means."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from policyengine.app.replay.mapping.document import Models

REMEMBERED_MAX: Final = 10_000
"""Names whose rule is remembered; a file with more is looked up anew for the others."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """Why a row is left out as the mapping says; `detail` is the cell that it depended on."""

    reason: str
    detail: str = ""


class ModelTable:
    """Finds the first rule that fits a name."""

    def __init__(self, models: Models) -> None:
        """Take the mapping's rules."""
        self._rules = [(_pattern(rule.like), rule.model, rule.skip) for rule in models.names]
        self._otherwise = (models.otherwise.model, models.otherwise.skip)
        self._known: dict[str, str | Skipped] = {}

    def find(self, name: str) -> str | Skipped:
        """Give the policy's model, or why such rows are skipped."""
        found = self._known.get(name)
        if found is None:
            found = self._sought(name)
            if len(self._known) < REMEMBERED_MAX:
                self._known[name] = found
        return found

    def _sought(self, name: str) -> str | Skipped:
        for pattern, model, skip in self._rules:
            if pattern.fullmatch(name):
                return model or Skipped(skip or "", name)
        model, skip = self._otherwise
        return model or Skipped(skip or "", name)


def _pattern(like: str) -> re.Pattern[str]:
    parts = re.split(r"\*+", like)
    return re.compile(".*".join(re.escape(part) for part in parts), re.DOTALL)


def outcomes_of(failed: list[str], cancelled: list[str]) -> Mapping[str, str]:
    """Give the outcome that each listed text means."""
    return {**dict.fromkeys(cancelled, "cancelled"), **dict.fromkeys(failed, "failed")}
