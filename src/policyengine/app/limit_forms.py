"""Limits as plain data for machines: overage, caps, top-ups, seats; and what changes them."""

from typing import Any, TypeAlias

from policyengine.engine.balance import Balance
from policyengine.engine.telling import money_text
from policyengine.ledger.changes import FellBack, ForMember, OverageChanged, TopUpRequested
from policyengine.ledger.limit_state import OverageDue, TopUp
from policyengine.ledger.transactions import Transaction, change_of
from policyengine.values.amounts import credits_plain
from policyengine.values.calendar import NEVER, Instant, instant_text

Form: TypeAlias = dict[str, Any]


def _instant(instant: Instant) -> str | None:
    return None if instant >= NEVER else instant_text(instant)


def limits_form(balance: Balance) -> Form:
    """Give what a wallet has used of its limits, and what waits for an answer."""
    limits = balance.limits
    return {
        "overage": {
            "allowed": limits.overage_on,
            "limit": credits_plain(balance.overage_limit_micro),
            "due": [_due_form(each) for each in limits.overage],
        },
        "caps": [
            {
                "scope": each.rule.scope,
                "name": each.name,
                "per": None if each.rule.from_first_use else each.rule.per,
                "within": each.rule.per if each.rule.from_first_use else None,
                "limit": credits_plain(each.rule.amount_micro),
                "used": credits_plain(each.used_micro),
                "held": credits_plain(each.held_micro),
                "left": credits_plain(each.left_micro),
                "resets_at": _instant(each.ends_at),
                "pointer": each.rule.pointer,
            }
            for each in balance.caps
        ],
        "top_ups": {
            "allowed": limits.top_up_on,
            "pending": [
                _top_up_form(balance.wallet_id, each)
                for each in limits.top_ups
                if each.state == "pending"
            ],
        },
        "seats": limits.seats,
    }


def _due_form(due: OverageDue) -> Form:
    return {
        "credits": credits_plain(due.amount_micro),
        "price": due.price,
        "currency": due.currency,
        "money": money_text(due.amount_micro, due.price, due.currency),
        "rule": due.rule,
    }


def _top_up_form(wallet_id: str, top_up: TopUp) -> Form:
    return {
        "id": f"{wallet_id}:{top_up.seq}",
        "credits": credits_plain(top_up.amount_micro),
        "pack": top_up.pack or None,
        "requested_at": instant_text(top_up.requested_at),
    }


def edge_form(transaction: Transaction) -> Form:
    """Give what a transaction says of limits: the member, the model asked for, overage, top-up."""
    member: ForMember | None = change_of(transaction, ForMember)
    fell_back: FellBack | None = change_of(transaction, FellBack)
    asked: TopUpRequested | None = change_of(transaction, TopUpRequested)
    lent = [each for each in transaction.changes if isinstance(each, OverageChanged)]
    return {
        "member": "" if member is None else member.member,
        "fell_back_from": None if fell_back is None else fell_back.asked,
        "overage": [
            {
                "how": each.how,
                "credits": credits_plain(each.by_micro),
                "money": money_text(abs(each.by_micro), each.price, each.currency),
            }
            for each in lent
        ],
        "top_up": None
        if asked is None
        else {"id": transaction.id, "credits": credits_plain(asked.amount_micro)}
        | ({"pack": asked.pack} if asked.pack else {}),
    }
