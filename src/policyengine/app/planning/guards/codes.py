"""GRxxx: what is wrong with a guards file beyond its YAML (PE0xx) and its keys (PE1xx)."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from policyengine.policy.codes.info import CodeInfo

GUARD_CODES: Final[Mapping[str, CodeInfo]] = MappingProxyType(
    {
        "GR100": CodeInfo(
            title="not a guards file",
            what="The file is a list or a single value.",
            why="a guards file says with keys what a change of policies may do.",
            wrong="- measure: price_rise",
            right="format: 1\nguards: {…}",
        ),
        "GR201": CodeInfo(
            title="a guard without its bound",
            what="A guard lacks the bound that its measure is held to.",
            why="a guard without a bound would let everything pass.",
            wrong="margins: {measure: margin, at_most: 30%, otherwise: block}",
            right="margins: {measure: margin, at_least: 30%, otherwise: block}",
        ),
        "GR202": CodeInfo(
            title="a key that has no effect on this measure",
            what="A guard has a key that its measure does not look at.",
            why="the guard would seem narrower than it is.",
            wrong="gone: {measure: past, models: [frontier], otherwise: block}",
            right="gone: {measure: past, otherwise: block}",
        ),
        "GR203": CodeInfo(
            title="a margin without costs",
            what="A guard measures margins, and the file has no `costs`.",
            why="what is left of a price is known only beside what the request costs.",
            wrong="guards: {margins: {measure: margin, at_least: 30%, otherwise: block}}",
            right="costs: {currency: USD, credit: 0.01, per: 1000000, models: {…}}\n"
            "guards: {margins: {measure: margin, at_least: 30%, otherwise: block}}",
        ),
        "GR301": CodeInfo(
            title="not in the policies",
            what="The file names a model, plan or unit that no compared policy has.",
            why="such a guard would never measure anything.",
            wrong="models: [fronteer]",
            right="models: [frontier]",
        ),
    }
)
