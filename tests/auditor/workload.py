"""A seeded workload on the reference policy: plain events, as a busy service would send them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final

Event = dict[str, Any]

SECOND: Final = 1_000_000
MINUTE: Final = 60 * SECOND
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR
CREDIT: Final = 1_000_000
BEGIN: Final = 1_769_904_000 * SECOND  # 2026-02-01T00:00:00Z
LENGTH: Final = 430 * DAY  # past the second version and the end of its exceptions

MODELS: Final = ("lite", "standard", "standard", "frontier", "frontier", "gpt")
PLANS: Final = ("free", "pro", "pro_plus")
UNITS: Final = ("text_input", "text_cached", "image_input", "text_output", "image_output")


@dataclass(slots=True)
class Caller:
    """What a caller remembers of its wallet: the keys that it has used."""

    wallet: str
    events: list[Event] = field(default_factory=list)

    def keys(self, *does: str) -> list[str]:
        """Give the keys of its latest events of some kinds, without holds that it has ended."""
        latest = self.events[-60:]
        ended = {each["of"] for each in latest if each["do"] == "release" or each.get("final")}
        return [each["key"] for each in latest if each["do"] in does and each["key"] not in ended]


def workload(seed: int, wallets: int, count: int) -> Iterator[Event]:
    """Give events in bursts: a wallet does a few things within minutes, then another one does."""
    chance = Random(seed)
    callers = [Caller(f"w{number}") for number in range(wallets)]
    now, given = BEGIN, 0
    while given < count:
        caller = chance.choice(callers)
        now = BEGIN + LENGTH * given // count
        for _ in range(chance.randint(1, 25)):
            now += chance.choice((0, 1, SECOND, SECOND, MINUTE, 7 * MINUTE))
            early = chance.choice((0, 0, 0, 0, 0, 0, 0, 90 * SECOND))
            event = _event(chance, caller, now - early, f"e{given}")
            caller.events.append(event)
            given += 1
            yield event
            if given == count:
                return


def _event(chance: Random, caller: Caller, at: int, key: str) -> Event:
    blank = {"wallet": caller.wallet, "key": key, "at": at}
    if not caller.events:
        return {**blank, "do": "subscribe", "plan": chance.choice(PLANS)}
    roll = chance.random()
    if roll < 0.03:
        return {**chance.choice(caller.events), "at": at}
    if roll < 0.04:
        again = chance.choice(caller.events)["key"]
        return {**blank, "key": again, "do": "adjust", "amount": chance.randrange(1, CREDIT)}
    chosen = chance.choices(list(_MIX), [weight for weight, _ in _MIX.values()])[0]
    return {**blank, "do": chosen, **_MIX[chosen][1](chance, caller, at)}


def _charge(chance: Random, _caller: Caller, at: int) -> Event:
    return {"usage": _usage(chance, at), "after": chance.random() < 0.5}


def _hold(chance: Random, _caller: Caller, at: int) -> Event:
    usage = _usage(chance, at) if chance.random() < 0.7 else None
    amount = chance.randrange(1, 90 * CREDIT)
    life = chance.choice((None, None, "5 minutes", "24 hours", "25 hours"))
    return {"usage": usage, "amount": None if usage else amount, "life": life}


def _capture(chance: Random, caller: Caller, at: int) -> Event:
    usage = _usage(chance, at) if chance.random() < 0.6 else None
    amount = chance.choice((0, chance.randrange(90 * CREDIT)))
    final = chance.random() < 0.7
    of = _target(chance, caller, "hold")
    return {"of": of, "usage": usage, "amount": None if usage else amount, "final": final}


def _extend(chance: Random, caller: Caller, _at: int) -> Event:
    by = chance.choice(("1 minute", "10 minutes", "23 hours"))
    return {"of": _target(chance, caller, "hold"), "by": by}


def _refund(chance: Random, caller: Caller, _at: int) -> Event:
    part = chance.randrange(1, 20 * CREDIT)
    amount = None if chance.random() < 0.6 else part
    return {"of": _target(chance, caller, "charge", "capture"), "amount": amount}


def _grant(chance: Random, _caller: Caller, at: int) -> Event:
    start = chance.choice((None, None, at - DAY, at + chance.randrange(20 * DAY)))
    expires = chance.choice((None, at + chance.randrange(40 * DAY)))
    return {
        "amount": chance.randrange(1, 300 * CREDIT),
        "priority": chance.choice((50, 50, 1, 80)),
        "start": start,
        "expires": expires,
        "models": chance.choice(((), (), ("lite",), ("frontier", "standard"))),
    }


def _adjust(chance: Random, _caller: Caller, _at: int) -> Event:
    return {"amount": chance.choice((1, -1)) * chance.randrange(1, 60 * CREDIT)}


def _pack(chance: Random, _caller: Caller, _at: int) -> Event:
    return {"pack": chance.choice(("pack_500", "pack_500", "pack_9"))}


def _plan(chance: Random, _caller: Caller, _at: int) -> Event:
    return {"plan": chance.choice(PLANS)}


def _nothing(_chance: Random, _caller: Caller, _at: int) -> Event:
    return {}


def _release(chance: Random, caller: Caller, _at: int) -> Event:
    return {"of": _target(chance, caller, "hold")}


def _void(chance: Random, caller: Caller, _at: int) -> Event:
    return {"of": _target(chance, caller, "grant", "buy_pack")}


# What is asked, how often, and with what.
_MIX: Final[dict[str, tuple[float, Callable[[Random, Caller, int], Event]]]] = {
    "charge": (34, _charge),
    "hold": (18, _hold),
    "capture": (12, _capture),
    "release": (4, _release),
    "extend": (4, _extend),
    "refund": (7, _refund),
    "grant": (5, _grant),
    "void": (2, _void),
    "adjust": (4, _adjust),
    "buy_pack": (3, _pack),
    "change_plan": (4, _plan),
    "cancel": (1, _nothing),
    "settle": (2, _nothing),
    "subscribe": (0.3, _plan),
}


_STARTS: Final = (*(None,) * 9, 0, MINUTE, HOUR, 3 * DAY, 7 * DAY, 7 * DAY + 1, -DAY)
"""How long ago requests started; None leaves it out."""


def _target(chance: Random, caller: Caller, *does: str) -> str:
    """Name an earlier event: a fitting recent one, any, or one that there never was."""
    fitting = caller.keys(*does)
    if fitting and chance.random() < 0.9:
        return fitting[-1] if chance.random() < 0.8 else chance.choice(fitting)
    known: list[str] = [each["key"] for each in caller.events[-60:]]
    return chance.choice([*known, "never"])


def _usage(chance: Random, at: int) -> Event:
    size = chance.choice((300, 20_000, 120_000))
    units = chance.sample(UNITS, chance.randint(1, 4))
    counts = {unit: chance.randrange(size) for unit in units}
    if chance.random() < 0.02:
        counts["text_inptu"] = 1
    late = chance.choice(_STARTS)
    return {
        "model": chance.choice(MODELS[: 5 + (chance.random() < 0.2)]),
        "counts": counts,
        "start": None if late is None else at - late,
        "outcome": chance.choice(("succeeded",) * 5 + ("failed", "cancelled")),
    }
