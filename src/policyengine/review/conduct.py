"""What estimates, shortfalls, refunds, alerts and marks change."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Final

from policyengine.policy.document import PolicyDocument
from policyengine.policy.document.conduct import Alert, Debt, Shortfall
from policyengine.policy.document.limits import Fallback, Overage
from policyengine.review.difference import Difference, gone, said
from policyengine.review.packs import lives
from policyengine.review.saying import choice, members, quantity, span, text
from policyengine.review.words import listed, number, seconds_of

_BEFORE: Final = {
    "refuse": "refused",
    "overage": "paid beyond the balance",
    "fallback": "priced as another model",
}
_ABOVE: Final = {"charge": "charged", "refuse": "refused"}
_BEFORE_RANKS: Final = (("refuse",), ("overage", "fallback"))
_AFTER: Final = {"take_what_is_left": "not collected", "go_into_debt": "owed"}
_AFTER_RANKS: Final = (("go_into_debt",), ("take_what_is_left",))
_DEBT: Final = {"kept": "kept", "forgiven": "forgiven", "invoiced": "put on an invoice"}
_REPAID: Final = {"all_credits": "all credits that come in", "adjustments": "adjustments only"}
_DEBT_RANKS: Final = (("kept", "invoiced"), ("forgiven",))
_IN_DEBT: Final = {
    "refuse_all": "no requests",
    "free_models_only": "requests that cost nothing",
    "as_usual": "all requests",
}
_IN_DEBT_RANKS: Final = (("refuse_all",), ("free_models_only",), ("as_usual",))
OPT_IN: Final = {"required": "a wallet has to allow it", "not_needed": "a wallet may forbid it"}
_EXPIRED: Final = {"stay_expired": "stay expired", "new_lot": "are given anew"}


def conduct_differences(old: PolicyDocument, new: PolicyDocument) -> Iterator[Difference]:
    """Compare what is assumed before requests, and what happens at the edges of a balance."""
    yield from _estimate(old, new)
    yield from _shortfall(old.shortfall, new.shortfall)
    yield from _refunds(old, new)
    yield from _alerts(old.alerts, new.alerts)
    yield from _abnormal(old, new)


def _estimate(old: PolicyDocument, new: PolicyDocument) -> Iterator[Difference]:
    was, now = old.estimate, new.estimate
    for key, adjective in (("low", "short"), ("expected", "usual"), ("high", "long")):
        values = getattr(was.output_tokens, key), getattr(now.output_tokens, key)
        words = tuple(
            f"estimates take a {adjective} answer to be {each}" for each in ("longer", "shorter")
        )
        where = f"/estimate/output_tokens/{key}"
        yield from quantity(where, (words[0], words[1]), values, "neither", unit=" tokens")
    words = ("a hold lasts longer", "a hold lasts less long")
    yield from span("/estimate/hold", words, (was.hold, now.hold), "neither")
    words = ("holds may last longer", "holds may last less long")
    longest = was.longest_hold, now.longest_hold
    yield from span("/estimate/longest_hold", words, longest, "neither")
    yield from _grace(was.grace, now.grace)
    yield from choice(
        "/estimate/capture_above_hold",
        "a capture of more than its hold has is",
        (was.capture_above_hold, now.capture_above_hold),
        _ABOVE,
        absent="charge",
    )


def _grace(was: str | None, now: str | None) -> Iterator[Difference]:
    where = "/estimate/grace"
    words = tuple(f"holds can be captured {each} after their end" for each in ("longer", "shorter"))
    if was is not None and now is not None:
        yield from span(where, (words[0], words[1]), (was, now), "neither")
    elif was != now:
        sentence = f"{words[now is None]}: {was or 'not at all'} -> {now or 'not at all'}"
        yield said("structural", where, sentence)


def _shortfall(was: Shortfall, now: Shortfall) -> Iterator[Difference]:
    how = ""
    if now.before_request != was.before_request:
        if now.before_request == "overage" and now.overage is not None:
            how = f", {_overage_text(now.overage)}"
        if now.before_request == "fallback" and now.fallback is not None:
            how = f", {now.fallback.model}"
    for each in choice(
        "/shortfall/before_request",
        "a request that the credits do not suffice for is",
        (was.before_request, now.before_request),
        _BEFORE,
        _BEFORE_RANKS,
    ):
        yield said(each.kind, each.pointer, f"{each.sentence}{how}")
    if was.overage is not None and now.overage is not None:
        yield from _overage(was.overage, now.overage)
    if was.fallback is not None and now.fallback is not None:
        yield from _fallback(was.fallback, now.fallback)
    owed = "" if now.debt is None else f", up to {number(now.debt.limit)}"
    for each in choice(
        "/shortfall/after_request",
        "what a request costs beyond the balance is",
        (was.after_request, now.after_request),
        _AFTER,
        _AFTER_RANKS,
    ):
        yield said(each.kind, each.pointer, f"{each.sentence}{owed}")
    if was.debt is not None and now.debt is not None:
        yield from _debt(was.debt, now.debt)
    yield from choice(
        "/shortfall/in_debt",
        "a wallet that owes credits may make",
        (was.in_debt, now.in_debt),
        _IN_DEBT,
        _IN_DEBT_RANKS,
        absent="as_usual",
    )


def _overage_text(part: Overage) -> str:
    plans = "" if part.plans is None else f" on {listed(part.plans)}"
    price = f"{number(part.price)} {part.currency} a credit, up to {number(part.limit)}{plans}"
    return f"at {price}; {OPT_IN[part.opt_in]}"


def _overage(was: Overage, now: Overage) -> Iterator[Difference]:
    where = "/shortfall/overage"
    if was.currency != now.currency:
        prices = [f"{number(each.price)} {each.currency}" for each in (was, now)]
        sentence = f"a credit beyond the balance costs {prices[0]} -> {prices[1]}"
        yield said("structural", f"{where}/currency", sentence)
    else:
        words = ("credits beyond the balance cost more", "credits beyond the balance cost less")
        prices_ = was.price, now.price
        yield from quantity(f"{where}/price", words, prices_, "less", unit=f" {now.currency}")
    yield from choice(f"{where}/opt_in", "overage", (was.opt_in, now.opt_in), OPT_IN)
    words = ("more overage is allowed", "less overage is allowed")
    yield from quantity(f"{where}/limit", words, (was.limit, now.limit), "more")
    yield from members(
        f"{where}/plans",
        (was.plans, now.plans),
        lambda plans: f"{plans} may have overage as well",
        lambda plans: f"{plans} may no longer have overage",
        every="all plans with cycles",
    )


def _fallback(was: Fallback, now: Fallback) -> Iterator[Difference]:
    subject = "requests fall back to"
    where = "/shortfall/fallback"
    yield from text(f"{where}/model", subject, (was.model, now.model), "structural")
    yield from members(
        f"{where}/plans",
        (was.plans, now.plans),
        lambda plans: f"requests on {plans} fall back as well",
        lambda plans: f"requests on {plans} no longer fall back",
        every="all plans",
    )


def _debt(was: Debt, now: Debt) -> Iterator[Difference]:
    words = ("a wallet may owe more", "a wallet may owe less")
    yield from quantity("/shortfall/debt/limit", words, (was.limit, now.limit), "less")
    yield from choice(
        "/shortfall/debt/at_renewal",
        "debt at a renewal is",
        (was.at_renewal, now.at_renewal),
        _DEBT,
        _DEBT_RANKS,
    )
    repaid = [each.repaid_by or "all_credits" for each in (was, now)]
    yield from choice(
        "/shortfall/debt/repaid_by", "debt is repaid by", (repaid[0], repaid[1]), _REPAID
    )


def _refunds(old: PolicyDocument, new: PolicyDocument) -> Iterator[Difference]:
    was, now = old.refunds, new.refunds
    life = "" if now.new_lot_expires is None else f", for {now.new_lot_expires}"
    for each in choice(
        "/refunds/expired_lot",
        "refunded credits that have expired meanwhile",
        (was.expired_lot, now.expired_lot),
        _EXPIRED,
        (("stay_expired",), ("new_lot",)),
    ):
        yield said(each.kind, each.pointer, f"{each.sentence}{life}")
    if was.new_lot_expires is not None and now.new_lot_expires is not None:
        subject = "refunded credits that are given anew"
        where = "/refunds/new_lot_expires"
        yield from lives(where, subject, was.new_lot_expires, now.new_lot_expires)


def _alerts(old: Sequence[Alert], new: Sequence[Alert]) -> Iterator[Difference]:
    for key, subject in (
        ("balance_below", "a low balance is announced below"),
        ("expiring_within", "the end of credits is announced ahead by"),
    ):
        before = [getattr(each, key) for each in old if getattr(each, key)]
        after = [getattr(each, key) for each in new if getattr(each, key)]
        came = [each for each in after if each not in before]
        left = [each for each in before if each not in after]
        where = _place(new, key, came[0]) if came else "/alerts"
        if len(came) == 1 and len(left) == 1:
            sooner = _size(came[0]) > _size(left[0])
            word = "sooner" if sooner else "later"
            kind = "additive" if sooner else "dearer"
            sentence = f"{subject} {left[0]} -> {came[0]}, {word} than before"
            yield said("additive" if kind == "additive" else "dearer", where, sentence)
            continue
        for each in came:
            yield said("additive", _place(new, key, each), f"{subject} {each}")
        for each in left:
            sentence = f"no longer: {subject} {each}"
            yield gone("dearer", _place(old, key, each), sentence)


def _size(text_: str) -> Decimal | int:
    return seconds_of(text_) if not text_.endswith("%") else Decimal(text_.rstrip("%"))


def _place(alerts: Sequence[Alert], key: str, value: str) -> str:
    index = next(index for index, each in enumerate(alerts) if getattr(each, key) == value)
    return f"/alerts/{index}/{key}"


def _abnormal(old: PolicyDocument, new: PolicyDocument) -> Iterator[Difference]:
    before = [each.when for each in old.abnormal]
    after = [each.when for each in new.abnormal]
    came = [each for each in after if each not in before]
    left = [each for each in before if each not in after]
    if len(came) == 1 and len(left) == 1:
        where = f"/abnormal/{after.index(came[0])}/when"
        sentence = f"charges are marked as abnormal by `{left[0]}` -> `{came[0]}`"
        yield said("structural", where, sentence)
        return
    for each in came:
        sentence = f"charges are marked as abnormal when `{each}`"
        yield said("additive", f"/abnormal/{after.index(each)}/when", sentence)
    for each in left:
        sentence = f"charges are no longer marked as abnormal when `{each}`"
        yield gone("dearer", f"/abnormal/{before.index(each)}/when", sentence)
