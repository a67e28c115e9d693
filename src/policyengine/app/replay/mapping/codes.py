"""MPxxx: what is wrong with a mapping file beyond its YAML (PE0xx) and its keys (PE1xx)."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from policyengine.policy.codes.info import CodeInfo

MAPPING_CODES: Final[Mapping[str, CodeInfo]] = MappingProxyType(
    {
        "MP100": CodeInfo(
            title="not a mapping file",
            what="The file is a list or a single value.",
            why="a mapping file says with keys what each column of a usage file means.",
            wrong="- format: 1",
            right="format: 1\nmapping: acme",
        ),
        "MP201": CodeInfo(
            title="a column without an entry in `columns`",
            what="A part of the mapping uses a name that `columns` does not list.",
            why="every column that counts is listed once, with its own name in the file.",
            wrong="columns: {prompt: in}\nunits: {text_input: prompts}",
            right="columns: {prompt: in}\nunits: {text_input: prompt}",
        ),
        "MP202": CodeInfo(
            title="a name that arithmetic needs for itself",
            what="A column has a name such as `in`, `if`, `min` or `floor`.",
            why="these words have a meaning in `units` and `requests`.",
            wrong="columns: {in: in}",
            right="columns: {prompt: in}",
        ),
        "MP203": CodeInfo(
            title="one key of several is needed",
            what="A part has none, or more than one, of keys that are alternatives.",
            why="each rule says one thing: which model, or why to skip; which way out.",
            wrong="- {like: gpt-*, model: standard, skip: unknown}",
            right="- {like: gpt-*, model: standard}",
        ),
        "MP204": CodeInfo(
            title="a key that goes with another one",
            what="A key is missing beside another, or has no effect beside it.",
            why="half of a rule would have to be guessed.",
            wrong="- {buy_pack: pack_500}",
            right="- {buy_pack: pack_500, at_most: 10, per: cycle}",
        ),
        "MP205": CodeInfo(
            title="a value that cannot be meant",
            what="An instant does not exist, an amount has too many decimals, or an id would not "
            "begin with a letter or digit.",
            why="every row would fail on it.",
            wrong="zero_at: 2026-02-30T00:00:00Z",
            right="zero_at: 2026-02-28T00:00:00Z",
        ),
        "MP301": CodeInfo(
            title="not in the policy",
            what="The mapping names a policy, plan, pack, model or unit that nothing loaded has.",
            why="every such row would be refused.",
            wrong="units: {text_in: prompt}",
            right="units: {text_input: prompt}",
        ),
    }
)
