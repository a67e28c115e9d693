"""docs/language.md: each example loads in a whole policy, and each key of the schema is listed."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from house.documents import Block, blocks_of
from policyengine.policy.load import Loaded
from policyengine.policy.schema import policy_schema
from policyengine.policy.versions import LoadedTimeline, load_timeline

ROOT: Final = Path(__file__).parents[2]
DOCUMENT: Final = ROOT / "docs" / "language.md"
FOLDER: Final = ROOT / "policies" / "codeflicker"
FILES: Final = ("v1.yaml", "v2.yaml")

_MARKER: Final = re.compile(r"# in policies/codeflicker/(v[12]\.yaml)\n")
_KEY: Final = re.compile(r"^([a-z_]+):", re.MULTILINE)
_ROW: Final = re.compile(r"^\| `([^`]+)` \| (.*) \| (.*) ?\|$", re.MULTILINE)


def parts_of(text: str) -> dict[str, str]:
    """Split a policy's text at its top-level keys; what stands before the first has no key."""
    starts = [(match.start(), match[1]) for match in _KEY.finditer(text)]
    ends = [start for start, _ in starts[1:]] + [len(text)]
    head = text[: starts[0][0]]
    named = {name: text[start:end] for (start, name), end in zip(starts, ends, strict=True)}
    return {"": head, **named}


def merged(file: str, example: str) -> str:
    """Replace the parts of a reference policy that an example has too, and add the others."""
    parts = parts_of((FOLDER / file).read_text())
    parts |= {name: text for name, text in parts_of(example).items() if name}
    return "".join(text if text.endswith("\n") else f"{text}\n" for text in parts.values())


def loaded_with(example: str) -> tuple[str, LoadedTimeline]:
    """Load the reference policy with an example in it; a version alone up to its own number."""
    marker = _MARKER.match(example)
    assert marker is not None, "the example does not say which file it belongs to"
    known = FILES[: FILES.index(marker[1]) + 1]
    texts = [(name, (FOLDER / name).read_text()) for name in known[:-1]]
    return marker[1], load_timeline([*texts, (marker[1], merged(marker[1], example))])


@cache
def examples() -> tuple[Block, ...]:
    blocks = blocks_of(DOCUMENT.read_text())
    return tuple(each for each in blocks if each.language == "yaml")


@cache
def unchanged(file: str) -> Loaded:
    result = load_timeline([(name, (FOLDER / name).read_text()) for name in FILES])
    return result.loaded[FILES.index(file)]


@pytest.mark.parametrize("block", examples(), ids=lambda each: f"line {each.line}")
def test_an_example_loads_in_the_reference_policy_with_no_finding(block: Block) -> None:
    _, result = loaded_with(block.text)
    assert [f"{each.code} {each.message}" for each in result.diagnostics] == []


@pytest.mark.parametrize("block", examples(), ids=lambda each: f"line {each.line}")
def test_an_example_says_something_that_the_reference_policy_does_not(block: Block) -> None:
    file, result = loaded_with(block.text)
    example = result.loaded[-1].document
    assert example is not None
    assert example != unchanged(file).document


def test_an_example_with_a_mistake_is_found() -> None:
    _, result = loaded_with("# in policies/codeflicker/v1.yaml\nrefunds: {expired_lot: newlot}\n")
    assert [each.code for each in result.diagnostics] == ["PE121"]


def _resolved(schema: dict[str, Any], node: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in node:
        target = schema["$defs"][node["$ref"].rpartition("/")[2]]
        node = {**target, **{key: value for key, value in node.items() if key != "$ref"}}
    return node


def keys_of(
    schema: dict[str, Any], node: dict[str, Any], path: str = ""
) -> Iterator[tuple[str, bool | None, tuple[str, ...]]]:
    """Give every key: its path, whether it is required (None for a free name), its closed list."""
    node = _resolved(schema, node)
    for key, below in node.get("properties", {}).items():
        place = f"{path}.{key}" if path else key
        yield place, key in node.get("required", ()), _words(schema, below)
        yield from keys_of(schema, below, place)
    for below in node.get("patternProperties", {}).values():
        if "properties" in _resolved(schema, below):
            yield f"{path}.*", None, ()
            yield from keys_of(schema, below, f"{path}.*")
    items = node.get("items")
    if items is not None and "properties" in _resolved(schema, items):
        yield f"{path}[]", None, ()
        yield from keys_of(schema, items, f"{path}[]")


def _words(schema: dict[str, Any], node: dict[str, Any]) -> tuple[str, ...]:
    node = _resolved(schema, node)
    node = _resolved(schema, node.get("items", node))
    words = node.get("enum", [node["const"]] if "const" in node else [])
    return tuple(str(each) for each in words)


KEYS: Final = {
    path: (needed, words) for path, needed, words in keys_of(policy_schema(), policy_schema())
}
ROWS: Final = {
    match[1]: (match[2], match[3].strip())
    for match in _ROW.finditer(DOCUMENT.read_text().partition("## Every key")[2])
}
ELSEWHERE: Final = {"counting.*.image.formula"}
"""Keys whose closed list is another document's table; a test of that document compares it."""


def test_the_schema_has_keys_at_every_depth() -> None:
    assert {"format", "models.*.tiers[].when", "plans.*.grants.*.expires"} <= set(KEYS)


def test_every_key_of_the_schema_has_a_row_and_no_other_has() -> None:
    assert sorted(ROWS) == sorted(KEYS)


@pytest.mark.parametrize("path", KEYS)
def test_a_row_says_whether_its_key_is_required(path: str) -> None:
    needed, _ = KEYS[path]
    absent = ROWS[path][1]
    if needed is None:
        assert absent == ""
    else:
        assert (absent == "required") == needed
        assert absent


@pytest.mark.parametrize("path", [path for path in KEYS if path not in ELSEWHERE])
def test_a_row_names_every_answer_of_a_closed_list(path: str) -> None:
    _, words = KEYS[path]
    assert [word for word in words if f"`{word}`" not in ROWS[path][0]] == []


def used_in(schema: dict[str, Any], node: dict[str, Any], part: Any, path: str = "") -> set[str]:
    """Give the keys of the schema that a part of an example uses."""
    node = _resolved(schema, node)
    found: set[str] = set()
    if isinstance(part, dict):
        for key, below in part.items():
            if key in node.get("properties", {}):
                place = f"{path}.{key}" if path else key
                found |= {place, *used_in(schema, node["properties"][key], below, place)}
            for pattern in node.get("patternProperties", {}).values():
                found |= {f"{path}.*", *used_in(schema, pattern, below, f"{path}.*")}
    for item in part if isinstance(part, list) and "items" in node else ():
        found |= {f"{path}[]", *used_in(schema, node["items"], item, f"{path}[]")}
    return found


GUIDE: Final = DOCUMENT.read_text().partition("## Every key")[0]


def test_every_key_is_taught_by_an_example() -> None:
    schema = policy_schema()
    parts = [yaml.safe_load(each.text) for each in examples()]
    taught = {key for part in parts for key in used_in(schema, schema, part)}
    # What the upgrade of a pair says is what every upgrade says.
    untaught = {path for path in KEYS if path.replace("pairs[].upgrade", "upgrade") not in taught}
    assert sorted(untaught - taught) == []


@pytest.mark.parametrize("path", [path for path in KEYS if path not in ELSEWHERE])
def test_every_answer_of_a_closed_list_is_in_the_guide(path: str) -> None:
    _, words = KEYS[path]
    assert [word for word in words if not re.search(rf"\b{re.escape(word)}\b", GUIDE)] == []


REFERENCE_LINES: Final = 90
"""Whatever the language learns, the reference policy has fewer lines than this."""
REFERENCE_HASHES: Final = {
    "v1.yaml": "da21579708ec9be71bc3f866cac61d322bb466889ad7bbdd394a50a4dea91af4",
    "v2.yaml": "46059cba4aeb8ef0ad6691bedf766b4cf42f73e83c51fa745beee0fc11172437",
}


@pytest.mark.parametrize("file", FILES)
def test_the_reference_policy_is_untouched(file: str) -> None:
    policy = unchanged(file).policy
    assert policy is not None
    assert policy.sha256 == REFERENCE_HASHES[file]


@pytest.mark.parametrize("file", FILES)
def test_the_reference_policy_stays_short(file: str) -> None:
    assert len((FOLDER / file).read_text().splitlines()) < REFERENCE_LINES


def test_every_question_asks_and_every_link_of_the_index_is_there() -> None:
    sections = re.findall(r"^## (.+)$", GUIDE, re.MULTILINE)[1:]
    index = GUIDE.partition("\n## ")[0]
    anchors = [re.sub(r"[^a-z ]", "", title.lower()).replace(" ", "-") for title in sections]
    assert [each for each in anchors if f"(#{each})" not in index] == []
    questions = re.findall(r"^### (.+)$", GUIDE, re.MULTILINE)
    assert [each for each in questions if not each.endswith("?")] == []
    assert len(questions) == len(set(questions))
