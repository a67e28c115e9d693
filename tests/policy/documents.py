"""Documents for tests of the shape: as sources without a text, and their mutations."""

from collections.abc import Iterator
from copy import deepcopy
from decimal import Decimal
from pathlib import Path
from random import Random
from types import MappingProxyType
from typing import Any, Final

from policyengine.policy.compose import Place
from policyengine.policy.nodes import Entry, ListNode, MappingNode, Node, ScalarNode, child_pointer
from policyengine.policy.source import Source, load_source
from policyengine.values.diagnostics import Span

ROOT: Final = Path(__file__).parents[2]
NOWHERE: Final = Span(1, 1, 1, 2)

Steps = tuple[str | int, ...]


def reference(version: int) -> dict[str, Any]:
    """A version of the reference policy as plain data."""
    path = ROOT / "policies" / "codeflicker" / f"v{version}.yaml"
    plain = load_source(path.read_bytes(), path.name)[0].plain
    assert isinstance(plain, dict)
    return plain


def source_of(plain: Any) -> Source:
    """Plain data as a source whose places are all the same."""
    places: dict[str, Place] = {}

    def built(value: Any, pointer: str, key: ScalarNode | None) -> Node:
        node: Node
        if isinstance(value, dict):
            entries = []
            for name, each in value.items():
                name_node = ScalarNode(NOWHERE, name, name, "plain")
                entries.append(
                    Entry(name_node, built(each, child_pointer(pointer, name), name_node))
                )
            node = MappingNode(NOWHERE, tuple(entries))
        elif isinstance(value, list):
            items = (built(each, child_pointer(pointer, n), None) for n, each in enumerate(value))
            node = ListNode(NOWHERE, tuple(items))
        else:
            node = ScalarNode(NOWHERE, value, "" if value is None else str(value), "plain")
        places[pointer] = Place(key, node)
        return node

    root = built(plain, "", None)
    return Source("p.yaml", "x", ("x",), root, frozenset(), MappingProxyType(places))


def paths_of(plain: Any, steps: Steps = ()) -> Iterator[Steps]:
    """Every place of a document, the root first."""
    yield steps
    if isinstance(plain, dict | list):
        pairs = plain.items() if isinstance(plain, dict) else enumerate(plain)
        for step, each in pairs:
            yield from paths_of(each, (*steps, step))


VALUES: Final[tuple[Any, ...]] = (
    *(None, True, False, 0, -1, 1, 2, 10**6 + 1, 10**12, 10**12 + 1, 10**30),
    *(Decimal("1.0"), Decimal("0.5"), Decimal("-0.1"), Decimal("0.000000000001")),
    *("", " ", "x", "1", "pro", "Pro", "pro\n", "once", "free", "x" * 65, "x" * 201, "x" * 501),
    *(
        "1 month",
        "1 months",
        "0 days",
        "1 day ",
        "never",
        "never\n",
        "end_of_cycle",
        "9999999 days",
    ),
    *("20%", "20%\n", "2000%", "0.5%", "2026-01-28", "2026-01-28T00:00:00Z", "2026-01-28 00:00Z"),
    *("oldest", "o200k_base", "all_input > 5", "e\u0301", "限額", "\ud800"),
    *([], {}, [1], ["x"], ["pro"], {"a": 1}, {"pro": {}}, {"Pro": 1}, [{}] * 21, [[]], {"x": {}}),
)
KEYS: Final = (
    "x",
    "expires",
    "credits",
    "title",
    "Pro X",
    "pro\n",
    "",
    "when",
    "rates",
    "a b",
    "ｘ",
)


def mutated(plain: dict[str, Any], random: Random) -> dict[str, Any]:
    """A document with one to three places replaced, deleted, added to or renamed."""
    document = deepcopy(plain)
    for _ in range(random.choice([1, 1, 2, 3])):
        path = random.choice(list(paths_of(document))[1:])
        parent = document
        for step in path[:-1]:
            parent = parent[step]  # type: ignore[index]
        _change(parent, path[-1], random)
        if not document:
            break
    return document


def is_readable(plain: dict[str, Any]) -> bool:
    """Whether the loader would let all texts of a document through: none has half a character."""
    return "\\ud800" not in repr(plain)


def _change(parent: Any, step: str | int, random: Random) -> None:
    change = random.choice(["replace", "replace", "swap", "delete", "add", "rename"])
    if change == "replace":
        parent[step] = deepcopy(random.choice(VALUES))
    elif change == "delete":
        del parent[step]
    elif isinstance(parent, list):
        parent.append(deepcopy(random.choice((parent[0], *VALUES))))
    elif change == "swap":
        parent[step] = deepcopy(random.choice(list(parent.values())))
    elif change == "add":
        parent[random.choice(KEYS)] = deepcopy(random.choice(VALUES))
    else:
        parent[f"{step}{random.choice('s_XY ')}"] = parent.pop(step)
