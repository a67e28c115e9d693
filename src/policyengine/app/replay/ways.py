"""What a wallet does when it is short of credits, worked out from the refusal alone.

Nothing here looks at the wallet: a replay that is run again, and gets the ledger's old answers,
takes the same ways again under the same keys.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from policyengine.app.replay.mapping.document import Way
from policyengine.engine.commands import Body, BuyPack, ChangePlan, GiveGrant
from policyengine.ledger.transactions import Refusal
from policyengine.values.amounts import AMOUNT_MICRO_MAX, Micro, micro_of

PACKS_AT_ONCE_MAX = 1000
"""More packs than this for one request mean that the packs are too small for the usage."""


@dataclass(slots=True)
class Account:
    """What a replay remembers of a wallet: its plan, and how often it has used each way.

    `used` gives, for each way's place in the list, the cycle and the count within it.
    """

    plan: str
    used: dict[int, tuple[str, int]] = field(default_factory=dict)


def bodies_for(way: Way, place: int, account: Account, refusal: Refusal) -> Sequence[Body]:
    """Give the commands of one way out for one refusal; none where the way does not help.

    Takes: a refusal for want of credits; its `ways_out` say which packs and plans the policy
    offers the wallet, and until when its cycle runs.
    """
    offers: Sequence[Mapping[str, Any]] = refusal.details["ways_out"]
    if way.upgrade_to is not None:
        is_offered = any(each.get("plan") == way.upgrade_to for each in offers)
        is_taken = account.plan == way.upgrade_to  # and waits for the end of the cycle
        return (ChangePlan(way.upgrade_to),) if is_offered and not is_taken else ()
    missing = refusal.details["short_micro"] + refusal.details["debt_micro"]
    if way.buy_pack is not None:
        packs = (each for each in offers if each.get("pack") == way.buy_pack)
        pack = next(packs, None)
        if pack is None:
            return ()
        count = _take(way, place, account, _cycle(way, offers), _times(missing, pack))
        return (BuyPack(way.buy_pack, "replay"),) * count
    assert way.grant is not None  # noqa: S101  # one of the three, by the mapping's checks
    grant = micro_of(way.grant)
    count = -(-missing // grant)
    if count * grant > AMOUNT_MICRO_MAX:
        return ()
    count = _take(way, place, account, _cycle(way, offers), count)
    return (GiveGrant(count * grant),) if count else ()


def _times(missing: Micro, pack: Mapping[str, Any]) -> int:
    count = int(-(-missing // pack["credits_micro"]))
    return count if count <= PACKS_AT_ONCE_MAX else 0


def _cycle(way: Way, offers: Sequence[Mapping[str, Any]]) -> str:
    """Name the cycle by its end; a wallet without cycles is always in the same one."""
    if way.per == "wallet":
        return ""
    return next((str(each["until"]) for each in offers if each["way"] == "wait"), "")


def _take(way: Way, place: int, account: Account, cycle: str, count: int) -> int:
    """Note that a way is used; gives 0 where the mapping does not allow it so often."""
    in_cycle, used = account.used.get(place, (cycle, 0))
    used = used if in_cycle == cycle else 0
    if used + count > (way.at_most or 0):
        return 0
    account.used[place] = (cycle, used + count)
    return count
