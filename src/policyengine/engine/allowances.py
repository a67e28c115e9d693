"""Allowances: what each lot pays of a bill where lots of one grant share what caps leave of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from policyengine.engine.burndown import Bill, Source, payable_units, shares_of
from policyengine.values.amounts import Micro

Node: TypeAlias = tuple[str, ...]

_START: Node = ("start",)
_END: Node = ("end",)


@dataclass(frozen=True, slots=True)
class Kind:
    """What lots have in common that share an allowance and may pay for the same units."""

    grant: str
    units: tuple[str, ...]

    @property
    def node(self) -> Node:
        """Give the place of such lots in the network."""
        return ("lots", self.grant, *self.units)

    def allowed_by(self, left: Mapping[str, Micro]) -> Node:
        """Give the place of the allowance that bounds them; the start where none does."""
        return ("grant", self.grant) if self.grant in left else _START


def kinds_of(bill: Bill, sources: Sequence[Source], grants: Mapping[int, str]) -> list[Kind]:
    """Give each source's kind, in their order: its grant, and what of a bill it may pay for."""
    units = tuple(shares_of(bill))
    return [
        Kind(grants.get(number, ""), tuple(payable_units(bill.model, units, restricted)))
        for number, _, restricted in sources
    ]


def needs_allotting(kinds: Sequence[Kind], left: Mapping[str, Micro]) -> bool:
    """Tell whether it matters which lots of a grant have its allowance: they pay for other things.

    Lots that may pay for nothing of the bill want none of it.
    """
    found = {each for each in kinds if each.grant in left and each.units}
    return len(found) > len({each.grant for each in found})


def allotted(
    bill: Bill, sources: Sequence[Source], kinds: Sequence[Kind], left: Mapping[str, Micro]
) -> list[Micro]:
    """Give what each source pays: together as much as can be, then those in front most of it.

    Takes: sources in burn order with their kinds, and what caps leave of each grant.
    Gives: amounts that `burndown.shared_out` then pays in full. It is a greatest flow from grants
    over lots to units; lots of one kind are one node, so that the network stays small.
    """
    room = _network(bill, sources, kinds, left)
    while path := _path(room, _START, _END):
        _push(room, path, min(room[one][other] for one, other in path))
    given = []
    for (_, amount, _), kind in zip(sources, kinds, strict=True):
        node, above = kind.node, kind.allowed_by(left)
        _raise_to(room, above, node, amount)
        taken = min(amount, room[node][above])
        room[node][above] -= taken  # settled: what later sources want never takes it back
        given.append(taken)
    return given


def _network(
    bill: Bill, sources: Sequence[Source], kinds: Sequence[Kind], left: Mapping[str, Micro]
) -> dict[Node, dict[Node, Micro]]:
    """Say how much may flow from node to node, and back: nothing does yet."""
    room: dict[Node, dict[Node, Micro]] = {_START: {}, _END: {}}

    def join(one: Node, other: Node, amount: Micro) -> None:
        forwards = room.setdefault(one, {})
        forwards[other] = forwards.get(other, 0) + amount
        room.setdefault(other, {}).setdefault(one, 0)

    for grant, amount in left.items():
        join(_START, ("grant", grant), amount)
    for unit, amount in shares_of(bill).items():
        join(("unit", unit), _END, amount)
    for (_, amount, _), kind in zip(sources, kinds, strict=True):
        join(kind.allowed_by(left), kind.node, amount)
    for kind in dict.fromkeys(kinds):
        for unit in kind.units:
            join(kind.node, ("unit", unit), bill.amount_micro)
    return room


def _raise_to(room: dict[Node, dict[Node, Micro]], above: Node, node: Node, amount: Micro) -> None:
    """Let lots of a kind pay up to an amount in the place of later ones; the sum stays the same."""
    while (wanted := min(amount - room[node][above], room[above][node])) > 0:
        back = room[node].pop(above)
        path = _path(room, node, above)
        room[node][above] = back
        if not path:
            return
        part = min(wanted, *(room[one][other] for one, other in path))
        _push(room, [(above, node), *path], part)


def _path(
    room: Mapping[Node, Mapping[Node, Micro]], start: Node, end: Node
) -> list[tuple[Node, Node]]:
    """Find a shortest way on which something may still flow; empty where there is none."""
    came_from: dict[Node, Node] = {start: start}
    waiting = [start]
    for node in waiting:  # grows while it is walked
        for other, amount in room[node].items():
            if amount and other not in came_from:
                came_from[other] = node
                waiting.append(other)
    path = []
    while end in came_from and end != start:
        path.append((came_from[end], end))
        end = came_from[end]
    return path[::-1]


def _push(
    room: dict[Node, dict[Node, Micro]], path: Sequence[tuple[Node, Node]], part: Micro
) -> None:
    for one, other in path:
        room[one][other] -= part
        room[other][one] += part
