"""What guards measure: of prices, of scenarios, of simulated wallets, of what differs."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, TypeAlias

from policyengine.app.diffing import Diff
from policyengine.app.planning.guards.document import Guard, Measure
from policyengine.app.planning.playing import Played
from policyengine.app.planning.wording import (
    change_text,
    margin_text,
    money_text,
    part_text,
    share_of,
)
from policyengine.app.simulation.about import Report
from policyengine.app.simulation.wording import credits_shown
from policyengine.ledger.transactions import Refusal
from policyengine.policy.policy import Policy
from policyengine.review.difference import Difference, severity
from policyengine.review.margins import Costs, Margin, margins, request_margins, unknown_costs
from policyengine.review.rises import UNBOUNDED, Scope, rises
from policyengine.review.words import listed, number
from policyengine.simulate.comparing import least_above
from policyengine.simulate.sampling import Band
from policyengine.simulate.tally import Pair, Tally

NOT_SIMULATED: Final = "nothing was simulated; give `--usage`"
_ALL: Final = Fraction(1)
_OF_USAGE: Final = frozenset(
    {"scenario_rise", "wallet_rise", "worse_off", "runs_out", "runs_out_newly"}
)


@dataclass(frozen=True, slots=True)
class Measured:
    """A figure that a guard is about: `text` for people, and the `worst` case in a sentence.

    `value` is None where it could not be measured, and `doubt` says why; beside a value, `doubt`
    says why the true figure may be worse: at most `reach`, where that is known.
    """

    value: Fraction | None
    text: str = ""
    worst: str = ""
    doubt: str = ""
    reach: Fraction | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """All that a plan knows: pairs of versions, scenarios, the simulation, what differs."""

    pairs: tuple[tuple[Policy, Policy], ...]
    policies: tuple[Policy, ...]
    played: tuple[Played, ...]
    simulated: Report | None
    diff: Diff
    costs: Costs | None


def measure(guard: Guard, known: Known) -> Measured:
    """Measure what a guard is about; where only texts differ, nobody is charged otherwise."""
    if guard.measure in _OF_USAGE and known.diff.gravest in {None, "text"}:
        return Measured(Fraction(0), change_text(Fraction(0)), "nothing that is charged differs")
    return _MEASURES[guard.measure](guard, known)


def scope_of(guard: Guard, policy: Policy) -> Scope | None:
    """Give what a guard means in one policy; None where that has none of its models or plans."""
    models = tuple(each for each in guard.models if each in policy.models)
    plans = tuple(each for each in guard.plans if each in policy.plans)
    if (guard.models and not models) or (guard.plans and not plans):
        return None
    return Scope(models, plans)


def share_text(text: str) -> Fraction:
    """Read a percentage of a guards file."""
    return Fraction(text.removesuffix("%")) / 100


# Prices


def _price_rise(guard: Guard, known: Known) -> Measured:
    found = [
        each
        for old, new in known.pairs
        if (scope := scope_of(guard, new)) is not None
        for each in rises(old, new, scope)
    ]
    if not found:
        return Measured(Fraction(0), "no price", "no price is compared")
    worst = max(found, key=lambda each: each.ratio)
    doubt = ""
    if not all(each.is_certain for each in found):
        doubt = "its price is no plain sum, so that only some requests were compared"
    rise = worst.ratio - 1
    if not rise:
        return Measured(rise, change_text(rise), "no price rises", doubt)
    words = f"{part_text(worst)}: {number(worst.old)} -> {number(worst.new)} credits"
    words += f" per {worst.per:,}" if worst.per != 1 else ""
    return Measured(rise, change_text(rise), words, doubt)


def _margin(guard: Guard, known: Known) -> Measured:
    costs = known.costs
    if costs is None:
        return Measured(None, doubt="the guards file has no `costs`")
    found: list[Margin] = []
    unknown: list[str] = []
    for policy in known.policies:
        scope = scope_of(guard, policy)
        if scope is None:
            continue
        unknown += unknown_costs(policy, costs, scope)
        if not guard.request:
            found += margins(policy, costs, scope)
            continue
        for each in request_margins(policy, costs, scope, guard.request):
            if isinstance(each, Refusal):
                unknown.append(each.message)
            elif each.model in costs.models:
                found.append(each)
    gaps = list(dict.fromkeys(unknown))
    doubt = f"no cost is listed for {listed(gaps)}" if gaps else ""
    if not found:
        return Measured(None, doubt=doubt or "no model that is sold has a cost")
    worst = min(found, key=lambda each: each.share)
    if not doubt and not all(each.is_certain for each in found):
        doubt = "a price is no plain sum, so that only some requests were looked at"
    per = f" per {worst.per:,}" if worst.per != 1 else ""
    paid, cost = (money_text(each) for each in (worst.paid, worst.cost))
    words = f"{part_text(worst)}: paid {paid}, costs {cost} {costs.currency}{per}"
    return Measured(worst.share, margin_text(worst.share), words, doubt)


# Scenarios


def _scenario_rise(_guard: Guard, known: Known) -> Measured:
    found = [(each.rise, each) for each in known.played if each.rise is not None]
    if not found:
        return Measured(None, doubt="no scenario charges anything under the old version")
    rise, worst = max(found, key=lambda each: each[0])
    amounts = " -> ".join(credits_shown(each.charged) for each in (worst.old, worst.new))
    words = f'"{worst.title}": {amounts} credits' if rise else "no scenario is charged more"
    return Measured(rise, change_text(rise), words)


# Wallets


def _wallet_rise(guard: Guard, known: Known) -> Measured:
    if known.simulated is None:
        return Measured(None, doubt=NOT_SIMULATED)
    comparison = known.simulated.simulated.comparison
    weights = comparison.weights
    found = [(_rise_of(pair, guard), pair) for pair in comparison.pairs if _is_meant(pair, guard)]
    if not found:
        return Measured(None, doubt="no wallet of the usage is meant by this guard")
    share = _ALL if guard.wallets is None else share_text(guard.wallets)
    ranked = [(rise, weights[pair.wallet_id]) for rise, pair in found]
    value = least_above(ranked, share) or Fraction(0)
    above = [(rise, pair) for rise, pair in found if rise == value]
    prices = [credits_shown(_price(each, guard)) for each in (above[0][1].old, above[0][1].new)]
    words = f"wallet {above[0][1].wallet_id}: {' -> '.join(prices)} credits"
    doubt = ""
    if known.simulated.is_sample and share == _ALL:
        doubt = "only a sample of the wallets was simulated"
    return Measured(value, change_text(value), words, doubt)


def _rise_of(pair: Pair, guard: Guard) -> Fraction:
    before, after = _price(pair.old, guard), _price(pair.new, guard)
    if not before:
        return UNBOUNDED if after else Fraction(0)
    return Fraction(after - before, before)


def _price(tally: Tally, guard: Guard) -> int:
    return sum(
        use.price_micro
        for (_, model), use in tally.uses.items()
        if not guard.models or model in guard.models
    )


def _is_meant(pair: Pair, guard: Guard) -> bool:
    """Tell whether a wallet had one of the plans, and asked for one of the models."""
    return any(
        (not guard.plans or plan in guard.plans) and (not guard.models or model in guard.models)
        for plan, model in pair.old.uses
    )


def _share(worse: Callable[[Pair, Report], bool], what: str) -> "Measuring":
    """Make a measure: the share of wallets of which something holds."""

    def measured(guard: Guard, known: Known) -> Measured:
        report = known.simulated
        if report is None:
            return Measured(None, doubt=NOT_SIMULATED)
        comparison = report.simulated.comparison
        every = comparison.count(lambda pair: _is_meant(pair, guard))
        if not every.value:
            return Measured(None, doubt="no wallet of the usage is meant by this guard")
        found = comparison.count(lambda pair: _is_meant(pair, guard) and worse(pair, report))
        named = [
            pair.wallet_id
            for pair in comparison.pairs
            if _is_meant(pair, guard) and worse(pair, report)
        ]
        value = Fraction(found.value, every.value)
        words = f"{found.value:,} of {every.value:,} wallets {what}"
        words += f": {listed(named)}" if named else ""
        return Measured(value, share_of(value), words, *_reach(found, every))

    return measured


def _reach(found: Band, every: Band) -> tuple[str, Fraction | None]:
    if not found.is_estimate:
        return "", None
    reach = min(_ALL, Fraction(found.high, every.value))
    return f"it is a sample, and the true share may be up to {share_of(reach)}", reach


def _is_worse(pair: Pair, report: Report) -> bool:
    return report.simulated.comparison.verdicts[pair.wallet_id] == "worse"


def _runs_out(pair: Pair, _report: Report) -> bool:
    return pair.new.ran_out_before_renewal


def _runs_out_newly(pair: Pair, _report: Report) -> bool:
    return pair.new.ran_out_before_renewal and not pair.old.ran_out_before_renewal


# What differs


def _change(_guard: Guard, known: Known) -> Measured:
    gravest = known.diff.gravest
    if gravest is None:
        return Measured(Fraction(-1), "no difference", "nothing differs")
    first = next(sentence for sentence, kind, _ in _facts(known.diff) if kind == gravest)
    return Measured(Fraction(severity(gravest)), gravest, first)


def _past(_guard: Guard, known: Known) -> Measured:
    past = [sentence for sentence, _, is_past in _facts(known.diff) if is_past]
    if not past:
        return Measured(Fraction(0), "none", "nothing reaches into the past")
    return Measured(Fraction(len(past)), number(len(past)), past[0])


def _facts(diff: Diff) -> Iterable[tuple[str, str, bool]]:
    found: list[Difference] = sorted(diff.differences, key=lambda each: -severity(each.kind))
    yield from ((each.sentence, each.kind, each.is_past) for each in found)
    yield from ((each.sentence, each.kind, each.is_past) for each in diff.notes)


Measuring: TypeAlias = Callable[[Guard, Known], Measured]

_MEASURES: Final[Mapping[Measure, Measuring]] = {
    "price_rise": _price_rise,
    "margin": _margin,
    "scenario_rise": _scenario_rise,
    "wallet_rise": _wallet_rise,
    "worse_off": _share(_is_worse, "are worse off"),
    "runs_out": _share(_runs_out, "run out before a renewal"),
    "runs_out_newly": _share(_runs_out_newly, "run out before a renewal, and did not before"),
    "change": _change,
    "past": _past,
}
