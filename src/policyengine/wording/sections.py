"""A policy as a whole in sentences: a head, what it costs and gives, eight questions, the rest."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, TypeAlias

from policyengine.policy.policy import Policy
from policyengine.wording.subjects import (
    absence,
    changes,
    conduct,
    plans,
    prices,
    spending,
    versions,
)
from policyengine.wording.words import Sentence

Sayer: TypeAlias = Callable[[Policy], Iterator[Sentence]]


@dataclass(frozen=True, slots=True)
class Section:
    """Sentences under one title; `key` is that of the title below `section.`."""

    key: str
    sentences: tuple[Sentence, ...]


OPENING: Final[dict[str, Sayer]] = {
    "head": versions.head_sentences,
    "prices": prices.price_sentences,
    "plans": plans.plan_sentences,
    "packs": plans.pack_sentences,
}
QUESTIONS: Final[dict[str, Sayer]] = {
    "time": conduct.time_sentences,
    "rounding": prices.rounding_sentences,
    "expiry": plans.expiry_sentences,
    "carry": plans.carry_sentences,
    "changes": changes.change_sentences,
    "burn": spending.burn_sentences,
    "shortfall": spending.shortfall_sentences,
    "failures": spending.failure_sentences,
}
"""The questions that every scheme must answer."""
CLOSING: Final[dict[str, Sayer]] = {
    "estimate": conduct.estimate_sentences,
    "holds": conduct.hold_sentences,
    "refunds": conduct.refund_sentences,
    "caps": conduct.cap_sentences,
    "top_up": conduct.top_up_sentences,
    "conversions": conduct.conversion_sentences,
    "alerts": conduct.alert_sentences,
    "abnormal": conduct.abnormal_sentences,
    "versions": versions.subscriber_sentences,
    "absent": absence.absence_sentences,
}
SAYERS: Final = {**OPENING, **QUESTIONS, **CLOSING}


def section(policy: Policy, key: str) -> Section:
    """Give the sentences of one section.

    Raises: KeyError for a section that does not exist.
    """
    return Section(key, tuple(SAYERS[key](policy)))


def policy_sections(policy: Policy) -> tuple[Section, ...]:
    """Say all that a policy says, in the order in which a person asks; empty sections are out."""
    every = (section(policy, key) for key in SAYERS)
    return tuple(each for each in every if each.sentences)
