"""What a kind of file looks like: its model, its outline, and what messages say of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Generic, TypeAlias, TypeVar

from pydantic import BaseModel

from policyengine.policy.nodes import Node
from policyengine.policy.outline import Asked, Outline, Step
from policyengine.policy.remarks import Remark

T = TypeVar("T", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Fault:
    """What a model refuses: pydantic's name of the fault, its place, and a reader's own words.

    A missing or unknown key is part of the place.
    """

    kind: str
    steps: tuple[Step, ...]
    why: str = ""


RemarkOn: TypeAlias = Callable[[Asked, Node, Fault], Remark | None]
"""What one kind of file says of a value in words of its own; None where others' words will do."""


def _nothing_of_its_own(_asked: Asked, _node: Node, _fault: Fault) -> None:
    """Leave every value to the words that all files share."""


@dataclass(frozen=True, slots=True, eq=False)
class Form(Generic[T]):
    """How files of one kind are read: by `model`, in the words of `outline`.

    `no_mapping` is said of a file that is a list or a single value. `nests` are keys below which
    names of the author's go that are easily written one level too high, each with a hint.
    """

    model: type[T]
    outline: Outline
    no_mapping: Remark
    nests: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    remark_on: RemarkOn = _nothing_of_its_own
