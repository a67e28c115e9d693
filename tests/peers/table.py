"""The comparison as a page: how many prices agree, and each rule by which some do not."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Final

from peers.litellm_faults import RULES
from peers.sweep import Compared

BEGIN: Final = "<!-- made by tools/agreement -->"
END: Final = "<!-- until here -->"


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
    lines += [
        "",
        "| rule of LiteLLM | prices | an example | here | there |",
        "|---|---|---|---|---|",
    ]
    for rule in RULES.values():
        having = [each for each in found["litellm"] if rule.name in each.rules]
        alone = [each for each in having if len(each.rules) == 1] or having
        if alone:
            lines.append(f"| {rule.name} | {len(having):,} | {_example(alone[0])} |")
    lines.append("")
    lines += [f"- **{rule.name}**: {rule.sentence}." for rule in RULES.values()]
    return "\n".join((*lines, "", END))


def _example(each: Compared) -> str:
    counts = ", ".join(f"{count:,} {unit}" for unit, count in each.case.counts.items() if count)
    way = f", {each.case.way}" if each.case.way else ""
    return f"`{each.case.model}`{way}: {counts} | {_usd(each.ours)} | {_usd(each.theirs)}"


def _usd(price: Fraction | str) -> str:
    return price if isinstance(price, str) else f"{float(price):.7g}"
