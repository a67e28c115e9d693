"""Guards and what was measured: is each kept, and what follows for the whole change."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, Literal, TypeAlias, assert_never

from policyengine.app.planning.guards.document import Guard
from policyengine.app.planning.measuring import Known, Measured, measure, share_text
from policyengine.review.difference import severity

Verdict: TypeAlias = Literal["allow", "warn", "block"]

VERDICTS: Final[tuple[Verdict, ...]] = ("allow", "warn", "block")
"""The verdicts, mildest first."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A guard with its verdict: where it stands, its bound, what was measured, and why."""

    name: str
    line: int
    guard: Guard
    verdict: Verdict
    bound: str
    measured: Measured

    @property
    def is_kept(self) -> bool:
        """Tell whether the bound is kept, as far as is known."""
        value = self.measured.value
        return value is not None and not _is_beyond(self.guard, value)


def judge(name: str, line: int, guard: Guard, known: Known) -> Judged:
    """Measure what a guard is about, and hold it to its bound.

    What could not be measured is never allowed in silence: it is a warning.
    """
    measured = measure(guard, known)
    return Judged(name, line, guard, _verdict(guard, measured), bound_text(guard), measured)


def _verdict(guard: Guard, measured: Measured) -> Verdict:
    if measured.value is None:
        return "warn"
    if _is_beyond(guard, measured.value):
        return guard.otherwise
    is_sure = not measured.doubt or (
        measured.reach is not None and not _is_beyond(guard, measured.reach)
    )
    return "allow" if is_sure else "warn"


def _is_beyond(guard: Guard, value: Fraction) -> bool:
    if guard.at_most is not None:
        return value > share_text(guard.at_most)
    if guard.at_least is not None:
        return value < share_text(guard.at_least)
    if guard.no_graver_than is not None:
        return value > severity(guard.no_graver_than)
    return value > 0


def bound_text(guard: Guard) -> str:
    """Say how far a guard lets its measure go."""
    if guard.at_most is not None:
        return f"at most {_spaced(guard.at_most)}"
    if guard.at_least is not None:
        return f"at least {_spaced(guard.at_least)}"
    if guard.no_graver_than is not None:
        return f"at most {guard.no_graver_than}"
    return "none"


def _spaced(percentage: str) -> str:
    return percentage.replace("%", " %")


def worst_of(verdicts: Iterable[Verdict]) -> Verdict:
    """Give the gravest verdict; without any, the change is allowed."""
    return max(verdicts, key=VERDICTS.index, default="allow")


def measure_text(guard: Guard) -> str:
    """Say what a guard measures, for whom."""
    words = _MEASURES[guard.measure]
    if guard.wallets is not None:
        words = f"rise for {_spaced(guard.wallets)} of wallets"
    if guard.request:
        counts = ", ".join(f"{count:,} {unit}" for unit, count in guard.request.items())
        words = f"margin of {counts}"
    scope = [*guard.models, *(f"plan {each}" for each in guard.plans)]
    return f"{words} ({', '.join(scope)})" if scope else words


_MEASURES: Final = {
    "price_rise": "rise of any price",
    "margin": "least margin",
    "scenario_rise": "rise of any scenario",
    "wallet_rise": "rise for any wallet",
    "worse_off": "wallets worse off",
    "runs_out": "wallets that run out",
    "runs_out_newly": "wallets newly out",
    "change": "gravest difference",
    "past": "changes in the past",
}


def tone_of(verdict: Verdict) -> Literal["good", "warn", "bad"]:
    """Give how a verdict is drawn."""
    match verdict:
        case "allow":
            return "good"
        case "warn":
            return "warn"
        case "block":
            return "bad"
        case _:
            assert_never(verdict)
