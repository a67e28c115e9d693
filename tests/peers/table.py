"""The comparison as a page: how many prices agree, and each rule by which some do not."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Final

from peers import genai, litellm_faults
from peers.sweep import Compared

BEGIN: Final = "<!-- made by tools/agreement -->"
END: Final = "<!-- until here -->"
RULES_OF: Final[Mapping[str, Mapping[str, str]]] = {
    "genai-prices": genai.RULES,
    "litellm": litellm_faults.RULES,
}
"""The rules by which a package computes otherwise, by the name of its list."""


def page(versions: Mapping[str, str], found: Mapping[str, Sequence[Compared]]) -> str:
    """Write the part of the page that is made from a sweep."""
    lines = [BEGIN, "", "| list | prices compared | models | equal | explained | unexplained |"]
    lines.append("|---|---|---|---|---|---|")
    for name, every in found.items():
        models = len({each.case.model for each in every})
        equal = sum(each.is_explained and not each.rules for each in every)
        rest = sum(each.is_explained and bool(each.rules) for each in every)
        lines.append(
            f"| {name} {versions[name]} | {len(every):,} | {models:,} | {equal:,} | {rest:,} "
            f"| {len(every) - equal - rest:,} |"
        )
    for name, rules in RULES_OF.items():
        lines += ["", f"| rule of {name} | prices | an example | here | there |"]
        lines.append("|---|---|---|---|---|")
        for rule in rules:
            having = [each for each in found[name] if rule in each.rules]
            alone = [each for each in having if len(each.rules) == 1] or having
            if alone:
                lines.append(f"| {rule} | {len(having):,} | {_example(alone[0])} |")
        lines += ["", *(f"- **{rule}**: {sentence}." for rule, sentence in rules.items())]
    return "\n".join((*lines, "", END))


def _example(each: Compared) -> str:
    counts = ", ".join(f"{count:,} {unit}" for unit, count in each.case.counts.items() if count)
    way = f", {each.case.way}" if each.case.way else ""
    return f"`{each.case.model}`{way}: {counts} | {_usd(each.ours)} | {_usd(each.theirs)}"


def _usd(price: Fraction | str) -> str:
    return price if isinstance(price, str) else f"{float(price):.7g}"
