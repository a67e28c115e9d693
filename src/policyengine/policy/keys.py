"""Keys that a file has and its schema does not, or the other way round, in words."""

from collections.abc import Sequence
from typing import Any, Final

from policyengine.policy.form import Form
from policyengine.policy.hints import nearest_key
from policyengine.policy.lookalikes import in_latin, lookalike_help
from policyengine.policy.nodes import child_pointer, pointer_of
from policyengine.policy.outline import Asked
from policyengine.policy.remarks import alternatives, line_of
from policyengine.policy.slips import only_slip
from policyengine.policy.source import Source
from policyengine.values.diagnostics import Diagnostic, Edit, shown

WORDS_SHOWN_MAX: Final = 9
"""Keys that a message lists."""
EXAMPLES_SHOWN_MAX: Final = 3
"""Keys that a help writes out with a value, and places where a misplaced key may belong."""


def unknown_key(source: Source, form: Form[Any], asked: Asked, key: str) -> tuple[Diagnostic, str]:
    """Report a key that the schema does not have, and give the key that was meant, if clear."""
    parent = pointer_of(asked.steps)
    pointer = child_pointer(parent, key)
    absent = [name for name in asked.keys if child_pointer(parent, name) not in source.places]
    near, is_certain = nearest_key(key, absent)
    help_, meant = (f"did you mean `{near}`?", near) if is_certain else _cure(form, key, absent)
    if (latin := in_latin(key)) in absent:
        help_, meant = lookalike_help(key, latin), latin
    span = source.key_span(pointer)
    finding = Diagnostic(
        code="PE110",
        message=f"unknown key {shown(key)} in {asked.noun}",
        file=source.name,
        span=span,
        pointer=pointer,
        help=help_,
        edit=Edit(span, only) if (only := only_slip(key, absent)) else None,
    )
    return finding, meant


def _cure(form: Form[Any], key: str, absent: Sequence[str]) -> tuple[str, str]:
    """Find what mends a key that is not plainly a misspelt one, and the key that is missing."""
    homes = form.outline.homes.get(key, ())
    if 0 < len(homes) <= EXAMPLES_SHOWN_MAX:
        return f"`{key}` belongs in {' or '.join(homes)}; check the indentation", ""
    near, _ = nearest_key(key, absent)
    if near:
        return f"did you mean `{near}`?", near
    for nest, hint in form.nests.items():
        if nest in absent and not homes:
            return f"{hint}: `{nest}: {{{key}: ...}}`", nest
    if 0 < len(absent) <= WORDS_SHOWN_MAX:
        return f"delete it, or use {alternatives(absent)}", ""
    return "delete it", ""


def missing_keys(source: Source, form: Form[Any], asked: Asked, keys: Sequence[str]) -> Diagnostic:
    """Report the keys that a part of the file lacks, all in one finding."""
    pointer = pointer_of(asked.steps)
    listed = ", ".join(f"`{key}`" for key in keys[:WORDS_SHOWN_MAX])
    more = len(keys) - WORDS_SHOWN_MAX
    if more > 0:
        listed += f" and {more} more keys"
    return Diagnostic(
        code="PE111",
        message=f"{asked.noun} has no {listed}",
        file=source.name,
        span=source.key_span(pointer),
        pointer=pointer,
        help=_addition(form, asked, keys),
    )


def _addition(form: Form[Any], asked: Asked, keys: Sequence[str]) -> str:
    shown_keys = keys[:EXAMPLES_SHOWN_MAX]
    wanted = [form.outline.asked_at((*asked.steps, key)) for key in shown_keys]
    lines = ", ".join(f"`{line_of(each)}`" for each in wanted)
    if len(keys) == 1:
        return f"add {lines}: {wanted[0].description}"
    return f"add {lines}" + (" and so on" if len(keys) > len(wanted) else "")
