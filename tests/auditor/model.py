"""An auditor of the reference policy: its rules once more, by other hands and with other means.

It shares no code with the product. It reads the policy files as plain YAML, counts credits in
micro-credits and time in microseconds, and says what each event must come to.
"""

from calendar import monthrange
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from math import ceil
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import yaml

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
MINUTE: Final = 60 * 1_000_000
DAY: Final = 24 * 60 * MINUTE
FOREVER: Final = 10**19
Event = dict[str, Any]


def micros(moment: datetime) -> int:
    return (moment - EPOCH) // timedelta(microseconds=1)


def micro_credits(number: float) -> int:
    whole = Fraction(str(number)) * 1_000_000
    assert whole.denominator == 1
    return whole.numerator


class Version:
    """One policy file."""

    def __init__(self, path: Path) -> None:
        self.plain: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
        self.number: int = self.plain["version"]
        self.starts: int = micros(self.plain["effective"])
        self.plans: dict[str, Any] = self.plain["plans"]
        self.order = list(self.plans)
        tokens = self.plain["units"]["tokens"]
        self.rates = {**tokens["input"], **tokens["output"]}
        self.inputs = set(tokens["input"])
        self.per: int = tokens["per"]

    def months(self, anchor: int, count: int) -> int:
        zone = ZoneInfo(self.plain["time"]["zone"])
        local = (EPOCH + timedelta(microseconds=anchor)).astimezone(zone)
        month = local.month - 1 + count
        year, month = local.year + month // 12, month % 12 + 1
        day = min(local.day, monthrange(year, month)[1])
        return micros(local.replace(year=year, month=month, day=day))

    def after(self, start: int, span: str, count: int = 1) -> int:
        number, unit = span.split()
        length = {"minute": MINUTE, "hour": 60 * MINUTE, "day": DAY}.get(unit.rstrip("s"))
        if length is None:
            return self.months(start, int(number) * count)
        return start + int(number) * count * length  # the zone's clocks never change

    def price(self, usage: Event) -> int | str:
        """Price usage in micro-credits, or say why not."""
        model = self.plain["models"].get(usage["model"])
        if model is None:
            return "unknown_model"
        if set(usage["counts"]) - set(self.rates):
            return "unknown_unit"
        factor = model["multiplier"]
        sent = sum(count for unit, count in usage["counts"].items() if unit in self.inputs)
        if model.get("tiers") and sent > 200_000:
            factor = model["tiers"][0]["multiplier"]
        if usage["outcome"] == "failed":
            return 0
        tokens = sum(count * self.rates[unit] for unit, count in usage["counts"].items())
        exact = Fraction(tokens, self.per) * Fraction(str(factor))
        smallest = Fraction(str(self.plain["credits"]["smallest"]))
        return int(ceil(exact / smallest) * smallest * 1_000_000)


@dataclass
class Pile:
    """Credits that came together."""

    number: int
    opened: int
    expires: int
    left: int
    origin: str
    held: int = 0
    priority: int = 50
    models: tuple[str, ...] = ()
    of_cycle: bool = False
    gone: str = ""
    carried_until: int = 0
    given_by: str = ""

    @property
    def rank(self) -> tuple[Any, ...]:
        """Restricted first, then by priority, expiry, plan before pack, age."""
        return (
            not self.models,
            self.priority,
            self.expires,
            self.origin == "pack",
            self.opened,
            self.number,
        )


@dataclass
class Account:
    """What the auditor knows of a wallet."""

    plan: str = ""
    terms: int = 0
    joined: int = 0
    anchor: int = 0
    cycle: int = 0
    starts: int = 0
    ends: int = FOREVER
    pending: str = ""
    now: int = 0
    piles: list[Pile] = field(default_factory=list)
    holds: dict[str, Event] = field(default_factory=dict)
    later: list[Event] = field(default_factory=list)
    gifts: set[str] = field(default_factory=set)
    seen: dict[str, tuple[Event, Event]] = field(default_factory=dict)
    paid: dict[str, list[list[Any]]] = field(default_factory=dict)


class Auditor:
    """Accounts under the versions of one policy."""

    def __init__(self, *paths: Path) -> None:
        self.versions = [Version(path) for path in paths]
        self.accounts: dict[str, Account] = {}

    def version_at(self, at: int) -> Version | None:
        started = [each for each in self.versions if each.starts <= at]
        return started[-1] if started else None

    def at(self, at: int) -> Version:
        found = self.version_at(at)
        assert found is not None
        return found

    # What time does.

    def settle(self, account: Account, now: int) -> None:
        while True:
            due: list[tuple[int, int, int, Any]] = [
                (pile.expires, 0, pile.number, pile) for pile in account.piles if pile.left
            ]
            due.append((account.ends, 1, 0, None))
            due += [(each["start"], 2, index, each) for index, each in enumerate(account.later)]
            due += [(hold["ends"], 3, hold["number"], hold) for hold in account.holds.values()]
            at, kind, _, thing = min(due, key=lambda each: each[:3])
            if at > now:
                break
            account.now = at
            if kind == 0:
                thing.left = 0
            elif kind == 1:
                self.renew(account, at)
            elif kind == 2:
                account.later.remove(thing)
                self.open(account, at, **thing["terms"])
            else:
                self.give_back(account, at, account.holds.pop(thing["key"])["parts"])

    def open(self, account: Account, at: int, amount: int, expires: int, **terms: Any) -> None:
        account.piles.append(Pile(len(account.piles) + 1, at, expires, amount, **terms))

    def join(self, account: Account, at: int, plan: str, version: Version) -> None:
        account.plan, account.terms, account.joined = plan, version.number, at
        account.anchor, account.cycle, account.pending = at, 0, ""
        self.give(account, at, version, at)

    def give(self, account: Account, at: int, version: Version, anchor: int) -> None:
        rule = version.plans[account.plan]
        account.starts = at
        account.ends = FOREVER
        if "cycle" in rule:
            account.ends = version.after(anchor, rule["cycle"], account.cycle + 1)
        for name, grant in rule["grants"].items():
            once = grant["given"] == "once"
            if once and name in account.gifts:
                continue
            if once:
                account.gifts.add(name)
            ends = grant["expires"]
            expires = account.ends if ends == "end_of_cycle" else version.after(at, ends)
            amount = micro_credits(grant["credits"])
            origin = "gift" if once else "plan"
            self.open(account, at, amount, expires, origin=origin, of_cycle=not once)

    def renew(self, account: Account, at: int) -> None:
        if account.pending:
            self.lose(account)
            self.join(account, at, account.pending, self.at(at))
            return
        for version in self.versions:
            if version.number <= account.terms or version.starts > at:
                continue
            keeps = any(
                each["plan"] == account.plan
                and account.joined < micros(each["joined_before"])
                and at < micros(each["until"])
                for each in version.plain["replaces"].get("keep", [])
            )
            if not keeps:
                account.terms = version.number
        account.cycle += 1
        terms = next(each for each in self.versions if each.number == account.terms)
        self.give(account, at, terms, account.anchor)

    def lose(self, account: Account) -> None:
        for pile in account.piles:
            if pile.of_cycle and not pile.gone and (pile.left or pile.held):
                pile.left, pile.gone = 0, "lost"

    def give_back(
        self, account: Account, at: int, parts: list[list[Any]], *, again: bool = False
    ) -> None:
        """Put credits back: into their pile, after it where it was carried, or nowhere."""
        for pile, amount in parts:
            if not again:
                pile.held -= amount
            terms = {"priority": pile.priority, "models": pile.models}
            if pile.gone == "carried" and pile.carried_until > at:
                until = pile.carried_until
                self.open(account, at, amount, until, origin="carried", of_cycle=True, **terms)
            elif pile.gone == "void":
                continue
            elif not pile.gone and pile.expires > at:
                pile.left += amount
            elif again:  # a refund to credits that have expired: new ones for a while
                version = self.at(at)
                until = version.after(at, version.plain["refunds"]["new_lot_expires"])
                self.open(account, at, amount, until, origin="refund", **terms)

    # What people ask for.

    def hear(self, event: Event) -> Event:
        """Give the answer to an event: its code, if refused, its price and what it took."""
        account = self.accounts.get(event["wallet"])
        if account is None:
            if event["do"] != "subscribe":
                return {"code": "unknown_wallet"}
            account = self.accounts[event["wallet"]] = Account()
        asked = {name: value for name, value in event.items() if name not in {"at", "key"}}
        if event["key"] in account.seen:
            before, answer = account.seen[event["key"]]
            return answer if before == asked else {"code": "idempotency_key_reused"}
        at = max(event["at"], account.now)
        self.settle(account, at)
        if event["do"] == "settle":
            return {"code": ""}
        account.now = at
        answer = getattr(self, f"do_{event['do']}")(account, event, at)
        account.seen[event["key"]] = (asked, {"code": "", **answer, "do": event["do"]})
        return account.seen[event["key"]][1]

    def do_subscribe(self, account: Account, event: Event, at: int) -> Event:
        if account.plan:
            return {"code": "already_subscribed"}
        self.join(account, at, event["plan"], self.at(at))
        return {}

    def do_change_plan(self, account: Account, event: Event, at: int) -> Event:
        version, plan = self.at(at), event["plan"]
        if plan == account.plan:
            if not account.pending:
                return {"code": "already_on_plan"}
            account.pending = ""
        elif version.order.index(plan) > version.order.index(account.plan):
            cycle = version.plans[plan]["cycle"]
            until = version.after(at, cycle)
            for pile in list(account.piles):
                if pile.of_cycle and not pile.gone and (pile.left or pile.held):
                    left, pile.left = pile.left, 0
                    pile.gone, pile.carried_until = "carried", until
                    if left:
                        self.open(account, at, left, until, origin="carried", of_cycle=True)
            self.join(account, at, plan, version)
        else:
            self.leave(account, at, plan)
        return {}

    def do_cancel(self, account: Account, _: Event, at: int) -> Event:
        to = self.at(at).plain["changes"]["cancel"]["to"]
        if account.plan == to:
            return {"code": "nothing_to_cancel"}
        self.leave(account, at, to)
        return {}

    def leave(self, account: Account, at: int, plan: str) -> None:
        if account.ends < FOREVER:
            account.pending = plan
        else:
            self.lose(account)
            self.join(account, at, plan, self.at(at))

    def do_buy_pack(self, account: Account, event: Event, at: int) -> Event:
        version = self.at(at)
        pack = version.plain["packs"].get(event["pack"])
        if pack is None:
            return {"code": "unknown_pack"}
        if account.plan not in pack["sold_to"]:
            return {"code": "pack_not_sold"}
        expires = version.after(at, pack["expires"])
        amount = micro_credits(pack["credits"])
        self.open(account, at, amount, expires, origin="pack", given_by=event["key"])
        return {}

    def do_grant(self, account: Account, event: Event, at: int) -> Event:
        start = at if event["start"] is None else event["start"]
        expires = FOREVER if event["expires"] is None else event["expires"]
        if expires <= max(start, at):
            return {"code": "invalid_grant"}
        terms = {
            "amount": event["amount"],
            "expires": expires,
            "origin": "grant",
            "priority": event["priority"],
            "models": event["models"],
            "given_by": event["key"],
        }
        if start > at:
            account.later.append({"start": start, "terms": terms})
        else:
            self.open(account, at, **terms)
        return {}

    def do_void(self, account: Account, event: Event, _: int) -> Event:
        target = account.seen.get(event["of"])
        if target is None:
            return {"code": "unknown_transaction"}
        if target[1]["do"] not in {"grant", "buy_pack"} or target[1]["code"]:
            return {"code": "not_voidable"}
        waiting = [each for each in account.later if each["terms"]["given_by"] == event["of"]]
        account.later = [each for each in account.later if each not in waiting]
        piles = [
            pile
            for pile in account.piles
            if pile.given_by == event["of"] and not pile.gone and (pile.left or pile.held)
        ]
        for pile in piles:
            pile.left, pile.gone = 0, "void"
        return {} if piles or waiting else {"code": "nothing_to_void"}

    def do_adjust(self, account: Account, event: Event, at: int) -> Event:
        amount = event["amount"]
        if amount > 0:
            self.open(account, at, amount, FOREVER, origin="adjustment")
            return {}
        piles = [pile for pile in self.spendable(account) if not pile.models]
        if sum(pile.left for pile in piles) < -amount:
            return {"code": "insufficient_credits"}
        self.draw(piles, -amount)
        return {}

    def spendable(self, account: Account, model: str | None = None) -> list[Pile]:
        piles = [pile for pile in account.piles if pile.left and not pile.gone]
        if model is not None:
            piles = [pile for pile in piles if not pile.models or model in pile.models]
        return sorted(piles, key=lambda pile: pile.rank)

    def draw(self, piles: list[Pile], amount: int) -> list[list[Any]]:
        parts: list[list[Any]] = []
        for pile in piles:
            part = min(pile.left, amount)
            if part:
                parts.append([pile, part])
            pile.left -= part
            amount -= part
        return parts

    def priced(self, usage: Event, at: int) -> int | str:
        start = at if usage["start"] is None else usage["start"]
        if start > at:
            return "usage_in_future"
        if self.at(at).after(start, self.at(at).plain["charge"]["late_usage"]) < at:
            return "usage_too_late"
        version = self.version_at(start)
        return "no_policy_in_force" if version is None else version.price(usage)

    def do_charge(self, account: Account, event: Event, at: int) -> Event:
        price = self.priced(event["usage"], at)
        if isinstance(price, str):
            return {"code": price}
        piles = self.spendable(account, event["usage"]["model"])
        payable = min(price, sum(pile.left for pile in piles))
        if payable < price and not event["after"]:
            return {"code": "insufficient_credits", "short": price - payable}
        account.paid[event["key"]] = self.draw(piles, payable)
        return {"price": price, "charged": payable}

    def do_hold(self, account: Account, event: Event, at: int) -> Event:
        amount, usage = event["amount"], event["usage"]
        price = amount if usage is None else self.priced(usage, at)
        if isinstance(price, str):
            return {"code": price}
        version = self.at(at)
        longest = version.after(at, version.plain["estimate"]["longest_hold"])
        ends = version.after(at, event["life"] or version.plain["estimate"]["hold"])
        if ends > longest:
            return {"code": "hold_too_long"}
        piles = self.spendable(account, "" if usage is None else usage["model"])
        if sum(pile.left for pile in piles) < price:
            return {"code": "insufficient_credits"}
        parts = self.draw(piles, price)
        for pile, part in parts:
            pile.held += part
        start = at if usage is None or usage["start"] is None else usage["start"]
        account.holds[event["key"]] = {
            "key": event["key"],
            "number": len(account.seen),
            "parts": parts,
            "ends": ends,
            "longest": longest,
            "start": start,
            "model": "" if usage is None else usage["model"],
        }
        return {}

    def hold_of(self, account: Account, event: Event) -> Event | str:
        hold = account.holds.get(event["of"])
        if hold is not None:
            return hold
        target = account.seen.get(event["of"])
        opened = target is not None and target[1]["do"] == "hold" and not target[1]["code"]
        return "hold_closed" if opened else "unknown_hold"

    def do_capture(self, account: Account, event: Event, at: int) -> Event:
        hold = self.hold_of(account, event)
        if isinstance(hold, str):
            return {"code": hold}
        usage, price = event["usage"], event["amount"]
        if usage is not None:
            start = hold["start"] if usage["start"] is None else usage["start"]
            price = self.priced({**usage, "start": start}, at)
        if isinstance(price, str):
            return {"code": price}
        model = hold["model"] if usage is None else usage["model"]
        wanted, taken = price, []
        for part in hold["parts"]:
            pile, amount = part
            used = min(amount, wanted) if not pile.models or model in pile.models else 0
            pile.held -= used
            part[1] -= used
            wanted -= used
            taken += [[pile, used]] if used else []
        hold["parts"] = [part for part in hold["parts"] if part[1]]
        beyond = self.draw(self.spendable(account, model), wanted)
        wanted -= sum(amount for _, amount in beyond)
        account.paid[event["key"]] = self.merged(taken + beyond)
        if event["final"]:
            self.give_back(account, at, account.holds.pop(event["of"])["parts"])
        return {"price": price, "charged": price - wanted}

    def merged(self, parts: list[list[Any]]) -> list[list[Any]]:
        sums: dict[int, list[Any]] = {}
        for pile, amount in parts:
            sums.setdefault(pile.number, [pile, 0])[1] += amount
        return list(sums.values())

    def do_release(self, account: Account, event: Event, at: int) -> Event:
        hold = self.hold_of(account, event)
        if isinstance(hold, str):
            return {"code": hold}
        self.give_back(account, at, account.holds.pop(event["of"])["parts"])
        return {}

    def do_extend(self, account: Account, event: Event, at: int) -> Event:
        hold = self.hold_of(account, event)
        if isinstance(hold, str):
            return {"code": hold}
        ends = self.at(at).after(hold["ends"], event["by"])
        if ends > hold["longest"]:
            return {"code": "hold_too_long"}
        hold["ends"] = ends
        return {}

    def do_refund(self, account: Account, event: Event, at: int) -> Event:
        target = account.seen.get(event["of"])
        if target is None:
            return {"code": "unknown_transaction"}
        if event["of"] not in account.paid:
            return {"code": "not_refundable"}
        parts = account.paid[event["of"]]
        left = sum(amount for _, amount in parts)
        amount = left if event["amount"] is None else event["amount"]
        if amount > left or not left:
            return {"code": "refund_exceeds_charge"}
        back = []
        for part in reversed(parts):
            used = min(part[1], amount)
            part[1] -= used
            amount -= used
            back += [[part[0], used]] if used else []
        self.give_back(account, at, back, again=True)
        return {}

    def state(self, wallet: str) -> Event:
        """Say what a wallet must look like."""
        account = replace(self.accounts[wallet])
        piles = [
            (pile.expires, pile.left, pile.held) for pile in account.piles if pile.left or pile.held
        ]
        return {
            "available": sum(left for _, left, _ in piles),
            "held": sum(held for _, _, held in piles),
            "piles": sorted(piles),
            "plan": account.plan,
            "terms": account.terms,
            "cycle": (account.starts, account.ends),
            "pending": account.pending,
        }
