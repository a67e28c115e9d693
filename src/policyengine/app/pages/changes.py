"""What a version changes, for readers: the facts of a diff, in the sentences of both versions."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from policyengine.app.pages.blocks import Block, Bullets, Heading
from policyengine.policy.policy import Policy
from policyengine.review.compare import compare
from policyengine.review.difference import KINDS, Difference, Kind
from policyengine.wording.sections import policy_sections
from policyengine.wording.words import Sentence, Verbatim, say

_OWN: Final = ("/version", "/effective", "/why", "/status", "/source", "/replaces")
"""Places at which a version speaks of itself; a changelog says these without comparing."""
_KINDS: Final[tuple[Kind, ...]] = ("dearer", "additive", "structural")


@dataclass(frozen=True, slots=True)
class _Pair:
    """What was said of a place before, and what is said now; None where nothing is."""

    before: Sentence | None
    now: Sentence | None

    @property
    def places(self) -> tuple[str, ...]:
        return tuple(each.pointer for each in (self.before, self.now) if each is not None)

    @property
    def sentence(self) -> Sentence:
        values = {"before": self.before, "now": self.now}
        said = {name: each for name, each in values.items() if each is not None}
        key = "changed.both" if len(said) == len(values) else f"changed.{next(iter(said))}"
        return Sentence(key, self.places[-1], said)


def change_blocks(old: Policy, new: Policy) -> Iterator[Block]:
    """Say what changes from one version to the next, what is worse for customers first."""
    found = list(_sentences(old, new))
    for kind in _KINDS:
        sentences = tuple(sentence for own, sentence in found if own == kind)
        if sentences:
            yield Heading(say(f"changed.{kind}"), 3)
            yield Bullets(sentences)


def _sentences(old: Policy, new: Policy) -> Iterator[tuple[Kind, Sentence]]:
    """Give what changes, with its class: facts say that, and sentences how it reads.

    A fact claims the sentences about its place, or else about the places beside it. What is claimed
    by none, such as a sentence about another place that follows from a fact, has the class of the
    facts under the same key of the file. Where no fact is left either, only a name has changed.
    """
    facts = [
        each
        for each in compare(old, new, now=new.effective_at).differences
        if each.kind != "text" and not each.pointer.startswith(_OWN)
    ]
    pairs = _pairs(old, new)
    claims = [(each, _claims(each, pairs)) for each in facts]
    claimed = {id(pair) for _, found in claims for pair in found}
    silent = [each for each, found in claims if not found]
    for pair in pairs:
        about = _about(facts, pair) or silent
        if about:
            yield max((each.kind for each in about), key=KINDS.index), pair.sentence
    if len(claimed) == len(pairs):  # else what nothing claims is how the silent ones read
        for each in silent:
            place = each.pointer.strip("/").replace("/", ".")
            yield each.kind, say("changed.place", each.pointer, place=Verbatim(place))


def _pairs(old: Policy, new: Policy) -> list[_Pair]:
    """Put together what two versions say of one place, where it is not the same."""
    before, after = _said(old), _said(new)
    pairs = []
    for place, said in after.items():
        left = [each for each in before.get(place, ()) if each not in said]
        for each in said:
            if each in before.get(place, ()):
                continue
            was = next((one for one in left if one.key == each.key), left[0] if left else None)
            if was is not None:
                left.remove(was)
            pairs.append(_Pair(was, each))
        pairs += [_Pair(each, None) for each in left]
    gone = (each for place, said in before.items() if place not in after for each in said)
    return pairs + [_Pair(each, None) for each in gone]


def _said(policy: Policy) -> dict[str, list[Sentence]]:
    """Give all that a version says of its rules, by place.

    What it does not have is left out: that something is new or no longer there says as much.
    """
    said: dict[str, list[Sentence]] = {}
    for part in policy_sections(policy):
        for each in part.sentences:
            if part.key != "absent" and not each.pointer.startswith(_OWN):
                said.setdefault(each.pointer, []).append(each)
    return said


def _claims(fact: Difference, pairs: Sequence[_Pair]) -> list[_Pair]:
    for is_near in (_is_within, _is_beside):
        found = [pair for pair in pairs if _is_any(is_near, fact, pair)]
        if found:
            return found
    return []


def _about(facts: Sequence[Difference], pair: _Pair) -> list[Difference]:
    for is_near in (_is_within, _is_beside, _is_of_one_key):
        found = [fact for fact in facts if _is_any(is_near, fact, pair)]
        if found:
            return found
    return []


def _is_any(is_near: Callable[[str, str], bool], fact: Difference, pair: _Pair) -> bool:
    return any(is_near(fact.pointer, place) for place in pair.places)


def _is_within(one: str, other: str) -> bool:
    return one == other or one.startswith(f"{other}/") or other.startswith(f"{one}/")


def _is_beside(one: str, other: str) -> bool:
    return one.rpartition("/")[0] == other.rpartition("/")[0] != ""


def _is_of_one_key(one: str, other: str) -> bool:
    return one.split("/")[1:2] == other.split("/")[1:2] != []
