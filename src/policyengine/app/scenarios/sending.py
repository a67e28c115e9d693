"""What a scenario's estimate will send: counts as given, or a text and images to be counted."""

from collections.abc import Mapping
from typing import Final

from policyengine.app.scenarios.verbs import EstimateVerb, ImageSent
from policyengine.engine.refusals import unknown_model
from policyengine.ledger.transactions import Refusal
from policyengine.policy.policy import Policy

NOT_COUNTED: Final = "not_counted"
"""The code of a step that leaves counting to a policy that does not say how."""


def sent_counts(policy: Policy, part: EstimateVerb) -> Mapping[str, int] | Refusal:
    """Give the counts of what will be sent, by unit.

    Gives: a refusal for a model whose tokens nobody can count.
    """
    if part.sent is not None:
        return part.sent
    if part.model not in policy.models:
        return unknown_model(policy, part.model)
    # Tokens are counted by a large table, which most scenarios have no use for.
    from policyengine.app.counting import CountingUnsaid, image_unit, text_counts  # noqa: PLC0415

    try:
        counts = text_counts(policy, part.model, part.text) if part.text else {}
        if part.images:
            unit = image_unit(policy)
            tokens = _image_tokens(policy, part.model, part.images)
            counts[unit] = counts.get(unit, 0) + tokens
    except CountingUnsaid as unsaid:
        return Refusal(NOT_COUNTED, str(unsaid))
    return counts


def _image_tokens(policy: Policy, model: str, images: list[ImageSent]) -> int:
    from policyengine.app.counting import counting_of  # noqa: PLC0415  # as above
    from policyengine.tokens.image import count_image  # noqa: PLC0415  # as above
    from policyengine.tokens.size import Size  # noqa: PLC0415  # as above

    formula = counting_of(policy, model).image
    return sum(count_image(Size(each.width, each.height), "auto", formula) for each in images)
