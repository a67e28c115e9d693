"""How a policy says that a model's tokens are counted, turned into counts of its units."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from policyengine.policy.policy import Policy
from policyengine.tokens.presets import formula_of
from policyengine.tokens.request import Counting, count_request
from policyengine.tokens.text import count_text

TOKENS: Final = "tokens"
IMAGE: Final = "image"


class CountingUnsaid(ValueError):  # noqa: N818  # it says what is the matter
    """The policy does not say how a model's tokens are counted."""


def counting_of(policy: Policy, model: str) -> Counting:
    """Give how a model's requests are counted, by the policy's entry of `counting`.

    Raises: CountingUnsaid for a model that the policy does not list, or that names no entry.
    """
    listed = policy.models.get(model)
    if listed is None:
        raise CountingUnsaid(f"policy `{policy.name}` lists no model `{model}`")
    entry = policy.document.counting.get(listed.counted_as or "")
    if entry is None:
        raise CountingUnsaid(
            f"policy `{policy.name}` does not say how the tokens of `{model}` are counted; "
            "give counts, or set the model's `counted_as`"
        )
    constants = {name: _constant(value) for name, value in entry.image.constants.items()}
    return Counting(entry.text, formula_of(entry.image.formula, constants))


def _constant(value: Decimal) -> int | str:
    """Hand a number of the policy to the formulas: whole numbers, or decimals as text."""
    whole = int(value)
    return whole if whole == value else format(value, "f")


def text_unit(policy: Policy) -> str:
    """Give the unit that a request's text is counted in: the first input unit of `tokens`.

    Raises: CountingUnsaid where the policy counts no tokens that are sent.
    """
    return _input_units(policy)[0]


def image_unit(policy: Policy) -> str:
    """Give the unit of a request's images: the first input unit of `tokens` named after them.

    A policy without one counts images as the text they are sent with.
    """
    units = _input_units(policy)
    return next((unit for unit in units if IMAGE in unit), units[0])


def _input_units(policy: Policy) -> list[str]:
    measure = policy.document.units.get(TOKENS)
    if measure is None or not measure.input:
        raise CountingUnsaid(f"policy `{policy.name}` counts no `{TOKENS}` that are sent")
    return list(measure.input)


def text_counts(policy: Policy, model: str, text: str) -> dict[str, int]:
    """Count a text that is sent as it is, without messages around it."""
    counting = counting_of(policy, model)
    return {text_unit(policy): count_text(text, counting.text)}


def request_counts(
    policy: Policy,
    model: str,
    request: Mapping[str, object],
    sizes: Mapping[str, tuple[int, int]] | None = None,
) -> dict[str, int]:
    """Count a whole request as a provider's API takes it, in the policy's units.

    Takes: a request as decoded from JSON; for images that are elsewhere their `sizes`.
    Raises: CountingUnsaid; RequestUncountableError for a part that cannot be counted.
    """
    counted = count_request(request, counting_of(policy, model), sizes)
    counts = {text_unit(policy): counted.text_tokens + counted.overhead_tokens}
    if counted.image_tokens:
        images = image_unit(policy)
        counts[images] = counts.get(images, 0) + counted.image_tokens
    return counts
