"""Documents refer to each other, to files and to each other's headings; all of that is there."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[2]
DOCUMENTS: Final = sorted({ROOT / "README.md", ROOT / "CHANGELOG.md", *ROOT.glob("docs/*.md")})

_FENCED: Final = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
_LINK: Final = re.compile(r"\[[^\]]+\]\(([^)#\s]*)(?:#([^)\s]+))?\)")
_HEADING: Final = re.compile(r"^#+ (.+)$", re.MULTILINE)
_WORD: Final = re.compile(r"^\*\*([^*]+)\*\*: ", re.MULTILINE)
_ROOM: Final = re.compile(r"^\| `([^`]+)` \|", re.MULTILINE)


def prose(document: Path) -> str:
    return _FENCED.sub("", document.read_text(encoding="utf-8"))


def anchors(document: Path) -> set[str]:
    """Give the anchors that a forge makes of headings: lower case, hyphens, no punctuation."""
    return {
        re.sub(r"[^\w\- ]", "", match[1].lower()).replace(" ", "-")
        for match in _HEADING.finditer(prose(document))
    }


def broken(document: Path) -> Iterator[str]:
    for target, anchor in _LINK.findall(prose(document)):
        if "://" in target:
            continue
        file = (document.parent / target).resolve() if target else document
        if not file.exists() or (anchor and anchor not in anchors(file)):
            yield f"{target}#{anchor}"


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda each: each.relative_to(ROOT).as_posix())
def test_every_link_leads_somewhere(document: Path) -> None:
    assert list(broken(document)) == []


def test_a_link_that_leads_nowhere_is_found(tmp_path: Path) -> None:
    (tmp_path / "b.md").write_text("# The second one, at last\n")
    (tmp_path / "a.md").write_text("[x](b.md#the-second-one-at-last) [y](b.md#third) [z](c.md)\n")
    assert list(broken(tmp_path / "a.md")) == ["b.md#third", "c.md#"]


def test_every_page_is_reached_from_the_readme() -> None:
    linked = {target for target, _ in _LINK.findall(prose(ROOT / "README.md"))}
    pages = {each.relative_to(ROOT).as_posix() for each in ROOT.glob("docs/*.md")}
    assert sorted(pages - linked) == []


def test_the_glossary_is_in_the_order_of_the_alphabet_and_explains_a_word_once() -> None:
    words = [match[1] for match in _WORD.finditer(prose(ROOT / "docs" / "glossary.md"))]
    assert words == sorted(set(words), key=lambda word: word.replace("-", " "))
    assert len(words) > 100


def test_the_architecture_describes_every_room() -> None:
    rooms = {each.parent.name for each in (ROOT / "src/policyengine").glob("*/__init__.py")}
    listed = _ROOM.findall(prose(ROOT / "docs" / "architecture.md").partition("## Rooms")[2])
    assert sorted(rooms) == sorted(listed[: len(rooms)])


def test_the_readme_lists_every_folder_of_the_repository() -> None:
    layout = prose(ROOT / "README.md").partition("\n## Layout\n")[2]
    listed = {name.rstrip("/") for name in _ROOM.findall(layout)}
    assert listed >= {"docs", "policies", "schemas", "src", "tests", "tools"}
    assert [name for name in sorted(listed) if not (ROOT / name).exists()] == []
