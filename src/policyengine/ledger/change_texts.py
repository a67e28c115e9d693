"""Changes as the text that is stored, and read back: what the hash chain binds."""

from functools import lru_cache
from typing import Annotated, Final, get_args

from pydantic import Discriminator, TypeAdapter
from pydantic_core import to_json

from policyengine.ledger.changes import Change, Charged, Outcome

QUOTED_MAX: Final = 4_096
"""How many names of models and units are kept as they are written."""

_CHANGES: TypeAdapter[tuple[Change, ...]] = TypeAdapter(
    tuple[Annotated[Change, Discriminator("kind")], ...],
)
_OUTCOMES: Final = frozenset(get_args(Outcome))
_WHOLE: Final = {int}
_NAMES: Final = {str}


def changes_text(changes: tuple[Change, ...]) -> str:
    """Write changes as compact JSON, always in the same way; the hash chain binds this text.

    Raises: pydantic_core.PydanticSerializationError for a change that could not be read back.
    """
    if len(changes) == 1 and isinstance(changes[0], Charged):
        text = _charged_text(changes[0])
        if text is not None:
            return text
    return _CHANGES.dump_json(changes, exclude_defaults=False, warnings="error").decode()


def changes_of(text: str) -> tuple[Change, ...]:
    """Read changes back.

    Raises: pydantic.ValidationError when the text is not what `changes_text` writes.
    """
    return _CHANGES.validate_json(text, strict=True)


def _charged_text(charged: Charged) -> str | None:
    """Write a plain charge, as most transactions are one, in a fourth of the time.

    Gives: None for a charge that has more to it, or values that are not of its types.
    """
    tier, names, numbers = charged.tier, [charged.model], [charged.started_at, charged.rated_by]
    if charged.estimate is not None or charged.flags or charged.terms is not None:
        return None
    for name, number in charged.counts:
        names.append(name)
        numbers.append(number)
    numbers += (charged.price_micro, charged.charged_micro, tier or 0)
    if {*map(type, numbers)} != _WHOLE or {*map(type, names)} != _NAMES:
        return None
    if charged.outcome not in _OUTCOMES:
        return None
    counts = ",".join([f"[{_quoted(name)},{number}]" for name, number in charged.counts])
    return (
        f'[{{"model":{_quoted(charged.model)},"counts":[{counts}],"outcome":"{charged.outcome}",'
        f'"started_at":{charged.started_at},"rated_by":{charged.rated_by},'
        f'"price_micro":{charged.price_micro},"charged_micro":{charged.charged_micro},'
        f'"tier":{"null" if tier is None else tier},"estimate":null,"flags":[],"terms":null,'
        '"kind":"charged"}]'
    )


@lru_cache(maxsize=QUOTED_MAX)
def _quoted(name: str) -> str:
    return to_json(name).decode()
