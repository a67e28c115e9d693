"""The limits of a compiled policy: overage, fallback, caps, top-ups, conversions."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from policyengine.policy.document.limits import Overage, TopUp
from policyengine.policy.document.policy import PolicyDocument
from policyengine.values.amounts import Micro, micro_of
from policyengine.values.calendar import CalendarSpan, parse_span


@dataclass(frozen=True, slots=True)
class OverageRule:
    """Credits beyond the balance: their price in money as written, and the most of them.

    `plans` may be empty: then every plan with cycles has it.
    """

    price: str
    currency: str
    needs_consent: bool
    limit_micro: Micro
    plans: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FallbackRule:
    """The model that takes over where credits do not suffice; no plans: every plan."""

    model: str
    plans: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class UseCapRule:
    """The most that one name in a scope may use in a window.

    `key` names what is counted; caps that count the same share it. `window` is that of the
    calendar, or where the cap counts `from_first_use`, how long one lasts; without any it is the
    plan's cycle. No models or plans: all. With the scope `grant`, it counts what the credits of
    `grants` pay, each on its own.
    """

    key: str
    scope: Literal["member", "conversation", "model", "wallet", "grant"]
    amount_micro: Micro
    per: str
    window: CalendarSpan | None
    models: tuple[str, ...]
    plans: tuple[str, ...]
    pointer: str
    from_first_use: bool = False
    grants: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TopUpRule:
    """When a purchase is asked for: of a pack, or of what is missing up to an amount.

    Without a `life`, what is bought lasts for ever.
    """

    below_micro: Micro
    pack: str
    up_to_micro: Micro
    life: CalendarSpan | None
    cooldown: CalendarSpan
    count_max: int
    per: CalendarSpan
    needs_consent: bool


@dataclass(frozen=True, slots=True)
class ConversionRule:
    """What one old unit becomes; without a `life`, it lasts for ever."""

    unit: str
    amount_micro: Micro
    life: CalendarSpan | None


@dataclass(frozen=True, slots=True)
class Limits:
    """What happens at the edge of a balance, beyond refusing and debt.

    `guards` tells whether a request needs a second look although the credits suffice.
    """

    before: Literal["refuse", "overage", "fallback"]
    in_debt: Literal["refuse_all", "free_models_only", "as_usual"]
    overage: OverageRule | None
    fallback: FallbackRule | None
    caps: tuple[UseCapRule, ...]
    top_up: TopUpRule | None
    conversions: Mapping[str, ConversionRule]

    @property
    def guards(self) -> bool:
        """Tell whether requests are looked at even if the credits suffice."""
        return bool(self.caps) or self.in_debt != "as_usual"


CYCLE: Final = "cycle"
NEVER: Final = "never"


def limits_of(document: PolicyDocument) -> Limits:
    """Compile the limits of a document that has passed every check."""
    part = document.shortfall
    fallback = part.fallback
    return Limits(
        part.before_request,
        part.in_debt or "as_usual",
        None if part.overage is None else _overage(part.overage),
        None if fallback is None else FallbackRule(fallback.model, tuple(fallback.plans or ())),
        _caps(document),
        None if document.top_up is None else _top_up(document.top_up),
        {
            unit: ConversionRule(unit, micro_of(each.credits), life_of(each.expires))
            for unit, each in document.conversions.items()
        },
    )


def life_of(text: str) -> CalendarSpan | None:
    """Read how long credits last: a span, or None for `never`."""
    return None if text == NEVER else parse_span(text)


def _overage(part: Overage) -> OverageRule:
    return OverageRule(
        format(part.price.normalize(), "f"),
        part.currency,
        part.opt_in == "required",
        micro_of(part.limit),
        tuple(part.plans or ()),
    )


def _caps(document: PolicyDocument) -> tuple[UseCapRule, ...]:
    caps = []
    for index, part in enumerate(document.caps):
        models = tuple(sorted(part.models or ()))
        per = part.within or part.per or CYCLE
        key = " ".join([part.scope, "within" if part.within else "per", per, *models])
        caps.append(
            UseCapRule(
                key,
                part.scope,
                micro_of(part.credits),
                per,
                None if per == CYCLE else parse_span(per),
                models,
                tuple(part.plans or ()),
                f"/caps/{index}",
                part.within is not None,
                tuple(part.grants or ()),
            )
        )
    return tuple(caps)


def _top_up(part: TopUp) -> TopUpRule:
    return TopUpRule(
        micro_of(part.below),
        part.pack or "",
        0 if part.up_to is None else micro_of(part.up_to),
        life_of(part.expires or NEVER),
        parse_span(part.cooldown),
        part.at_most.count,
        parse_span(part.at_most.per),
        part.opt_in == "required",
    )
