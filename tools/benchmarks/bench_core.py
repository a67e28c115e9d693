"""Rating and deciding, in memory."""

from collections.abc import Callable
from itertools import count
from typing import Any

import pytest

from policyengine.engine.decide import decide
from policyengine.engine.price_steps import price_lines
from policyengine.engine.rating import Price, price_micro, rate
from policyengine.ledger.book import without_closed_lots
from policyengine.policy.expressions import Expression, parse_expression
from tools.benchmarks.reference import (
    COUNTS,
    START,
    USAGE,
    capture,
    charge,
    funded_book,
    hold,
    timeline,
)

RULES = timeline()
POLICY = RULES.policies[0]
Benchmark = Any
MANY = 0.0002
"""Seconds that one timing lasts at least, so that reading the clock is not part of the figure."""


def by_hand(counts: dict[str, int]) -> int:
    """Price the reference request as a programmer would who knows only this policy."""
    exact = counts["text_input"] * 100 + counts["text_cached"] * 10 + counts["text_output"] * 500
    return -(-exact // 10_000) * 10_000


def test_the_price_by_hand_is_the_engines_price() -> None:
    assert by_hand(COUNTS) == price_micro(POLICY, USAGE)


@pytest.mark.benchmark(group="rating", min_time=MANY)
def test_floor_integer_formula_by_hand(benchmark: Benchmark) -> None:
    benchmark(by_hand, COUNTS)


@pytest.mark.benchmark(group="rating", min_time=MANY)
def test_price_without_explanation(benchmark: Benchmark) -> None:
    benchmark.extra_info["goal"] = "at most 3"
    benchmark(price_micro, POLICY, USAGE)


@pytest.mark.benchmark(group="rating", min_time=MANY)
def test_price_with_its_tier(benchmark: Benchmark) -> None:
    benchmark(rate, POLICY, USAGE)


@pytest.mark.benchmark(group="rating", min_time=MANY)
def test_price_with_explanation(benchmark: Benchmark) -> None:
    benchmark.extra_info["goal"] = "at most 10"

    def explained() -> tuple[Price, object]:
        price = rate(POLICY, USAGE)
        assert isinstance(price, Price)
        return price, price_lines(POLICY, USAGE, price.tier)

    benchmark(explained)


@pytest.mark.benchmark(group="rating", min_time=MANY)
def test_formula_by_simpleeval_parsed_before(benchmark: Benchmark) -> None:
    text = "(text_input * 100 + text_cached * 10 + text_output * 500) * 1"
    names = dict.fromkeys(COUNTS, "tokens")
    expression = parse_expression(text, names, "tokens")
    assert isinstance(expression, Expression)
    benchmark(expression.evaluate, COUNTS)


@pytest.mark.benchmark(group="decide, a wallet with 5 lots")
def test_floor_debit_of_a_dict_by_hand(benchmark: Benchmark) -> None:
    lots = dict.fromkeys(range(5), 10**15)
    seen: dict[str, int] = {}
    numbers = count()

    def debit() -> None:
        key = f"charge-{next(numbers)}"
        if key in seen:
            return
        amount = by_hand(COUNTS)
        for number, left in lots.items():
            if left >= amount:
                lots[number] = left - amount
                break
        seen[key] = amount

    benchmark(debit)


def _decider(past: int) -> Callable[[], None]:
    """Give a function that charges a wallet with 5 lots after `past` charges."""
    book = funded_book(RULES)
    for number in range(past):
        book = decide(RULES, book, charge(number)).book
    state = [without_closed_lots(book)]
    numbers = count(past)

    def step() -> None:
        state[0] = decide(RULES, state[0], charge(next(numbers))).book

    return step


@pytest.mark.benchmark(group="decide, a wallet with 5 lots")
@pytest.mark.parametrize("past", [100, 100_000])
def test_decide_a_charge_after(benchmark: Benchmark, past: int) -> None:
    benchmark.extra_info["goal"] = "at least 30,000/s, the same after any history"
    benchmark(_decider(past))


@pytest.mark.benchmark(group="decide, a wallet with 5 lots")
@pytest.mark.parametrize("open_holds", [0, 100])
def test_decide_a_hold_and_its_capture_beside(benchmark: Benchmark, open_holds: int) -> None:
    benchmark.extra_info["goal"] = "at most two and a half charges"
    state = [without_closed_lots(funded_book(RULES))]
    numbers = count()
    for _ in range(open_holds):
        state[0] = decide(RULES, state[0], hold(next(numbers))).book

    def pair() -> None:
        number = next(numbers)
        held = decide(RULES, state[0], hold(number)).book
        state[0] = decide(RULES, held, capture(number, held.seq)).book

    benchmark(pair)


@pytest.mark.benchmark(group="settle")
def test_a_wallet_with_nothing_due(benchmark: Benchmark) -> None:
    from policyengine.engine.settling import settle  # noqa: PLC0415  # beside its one use

    book = funded_book(RULES)
    benchmark(settle, RULES, book, START)
