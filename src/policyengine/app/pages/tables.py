"""The tables of the pages: models with what their units cost, plans, packs, refusals."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Final

from policyengine.app.pages.blocks import Block, Grid, Paragraph
from policyengine.policy.document.pricing import Measure
from policyengine.policy.policy import Expiry, GrantRule, ModelPrices, Policy
from policyengine.wording.naming import model_name, pack_name, plan_name, plan_names
from policyengine.wording.subjects.plans import given_words
from policyengine.wording.subjects.prices import unit_cost
from policyengine.wording.words import (
    Amount,
    Sentence,
    Span,
    Term,
    Value,
    Verbatim,
    number,
    say,
)

_ALWAYS: Final = ("insufficient_credits", "unknown_model", "usage_too_late", "hold_too_long")


def model_tables(policy: Policy) -> Iterator[Block]:
    """Give a table for each measure: models, multipliers, what each unit costs."""
    for name, measure in policy.document.units.items():
        if measure.per == 1:
            yield Paragraph(say("pages.table_each"))
        else:
            term = Term("measure", name)
            yield Paragraph(say("pages.table", per=number(measure.per), measure=term))
        yield _models(policy, measure)


def _models(policy: Policy, measure: Measure) -> Grid:
    units = list(measure.rates)
    columns = [say("column.model"), say("column.multiplier")]
    columns += [say("column.unit", unit=Term("unit", unit)) for unit in units]
    rows = []
    for model in policy.models.values():
        factor = say("cell.factor", factor=number(model.price.multiplier))
        costs = [_cost(model, unit, measure.per) for unit in units]
        rows.append((model_name(policy, model.name), factor, *costs))
    return Grid(tuple(columns), tuple(rows), frozenset(range(1, len(columns))))


def _cost(model: ModelPrices, unit: str, per: int) -> Value:
    cost: Fraction | None = unit_cost(model.price, unit, per)
    return say("cell.by_formula") if cost is None else number(cost)


def plan_table(policy: Policy) -> Grid:
    """Give what each plan gives, when, and for how long."""
    rows: list[tuple[Value, ...]] = []
    nothing = say("cell.nothing")
    for plan in policy.plans.values():
        name = plan_name(policy, plan.name)
        rows += [
            (name, _given(grant), given_words(grant), lasts_words(grant.expiry))
            for grant in plan.grants
        ]
        if not plan.grants:
            rows.append((name, nothing, nothing, nothing))
    columns = tuple(say(f"column.{each}") for each in ("plan", "credits", "given", "lasts"))
    return Grid(columns, tuple(rows), frozenset([1]))


def _given(grant: GrantRule) -> Value:
    amount = Amount(grant.amount_micro)
    return say("plans.per_seat", credits=amount) if grant.per_seat else amount


def lasts_words(expiry: Expiry) -> Sentence:
    """Say for how long credits last."""
    if expiry.span is not None:
        return say("lasts.span", span=Span(expiry.span))
    return say(f"lasts.{expiry.how}")


def pack_table(policy: Policy) -> Grid:
    """Give what each pack brings, for how long, and who can buy it."""
    rows = tuple(
        (
            pack_name(policy, pack.name),
            Amount(pack.amount_micro),
            lasts_words(pack.expiry),
            plan_names(policy, pack.sold_to),
        )
        for pack in policy.packs.values()
    )
    columns = tuple(say(f"column.{each}") for each in ("pack", "credits", "lasts", "sold_to"))
    return Grid(columns, rows, frozenset([1]))


def refusal_table(policy: Policy) -> Grid:
    """Give the refusals that a customer can meet, with what they mean."""
    codes = [*_ALWAYS]
    if policy.modifiers:
        codes.append("modifier_not_allowed")
    if policy.packs:
        codes.append("pack_not_sold")
    if policy.limits.caps:
        codes.append("cap_reached")
    if policy.limits.in_debt != "as_usual":
        codes.append("in_debt")
    rows = tuple((Verbatim(code), say(f"meaning.{code}")) for code in codes)
    return Grid((say("column.code"), say("column.meaning")), rows)
