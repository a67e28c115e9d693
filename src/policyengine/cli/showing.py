"""`show`: a policy in plain words, with the line that each sentence rests on."""

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, TypeAlias

import typer

from policyengine.cli.call import POLICIES_USUAL, Format, print_json
from policyengine.cli.faults import OK

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import RenderableType

    from policyengine.policy.policy import Policy
    from policyengine.wording.rendering import Language
    from policyengine.wording.sections import Section

GAP: Final = 2
_PIECE: Final = re.compile(
    r"[\u2e80-\uffef“][，。；：、！？）”]*|[^\s\u2e80-\uffef“]+[，。；：、！？）”]*\s*|\s+"
)
"""What stays together: a Chinese sign or a word, with the signs that close it."""

LanguageCode: TypeAlias = Literal["en", "zh"]

PolicyAsked: TypeAlias = Annotated[
    str,
    typer.Argument(
        metavar="POLICY",
        help=f"A file, a folder, a name in `{POLICIES_USUAL}`, or `@codeflicker` for one that "
        "comes along; `codeflicker@1` is a version. Without one, the newest published.",
    ),
]


def show(
    policy: PolicyAsked,
    lang: Annotated[LanguageCode, typer.Option("--lang", help="English or Chinese.")] = "en",
    output: Annotated[
        Format, typer.Option("--format", help="Text for people, JSON for machines.")
    ] = "text",
) -> int:
    """Say in plain words what a policy says, what it does not have included.

    Each sentence is made from the policy as it is compiled, and names its line.

    Example: policyengine show codeflicker
    """
    from policyengine.app.choosing import chosen_policy
    from policyengine.wording.languages import LANGUAGES
    from policyengine.wording.sections import policy_sections

    found = chosen_policy(policy, Path(POLICIES_USUAL)).policy
    sections, language = policy_sections(found), LANGUAGES[lang]
    if output == "json":
        print_json(_form(found, sections, language))
    else:
        from policyengine.cli.screen import show as show_parts

        show_parts(_parts(found, sections, language))
    return OK


def _parts(
    policy: "Policy", sections: "tuple[Section, ...]", language: "Language"
) -> "Iterator[RenderableType]":
    from rich.text import Text

    from policyengine.cli.screen import STRONG

    for index, section in enumerate(sections):
        if index:
            yield ""
        yield Text(language.texts[f"section.{section.key}"], style=STRONG)
        yield _table(policy, section, language)


def _table(policy: "Policy", section: "Section", language: "Language") -> "RenderableType":
    from rich.padding import Padding
    from rich.table import Table

    from policyengine.cli.screen import QUIET, console
    from policyengine.wording.rendering import rendered

    places = [_place(policy, each.pointer) for each in section.sentences]
    width = max(map(len, places))
    grid = Table.grid(padding=(0, 2, 0, 0), expand=True)
    grid.add_column(ratio=1)
    grid.add_column(no_wrap=True, justify="right", style=QUIET, min_width=width)
    room = console().width - width - 2 * GAP
    for each, place in zip(section.sentences, places, strict=True):
        grid.add_row(wrapped(rendered(each, language), room), place)
    return Padding(grid, (0, 0, 0, GAP))


def _place(policy: "Policy", pointer: str) -> str:
    return f"{Path(policy.file).name}:{policy.line(pointer)}" if pointer else ""


def wrapped(text: str, width: int) -> str:
    """Break a text where a line is full: at blanks, and between Chinese signs.

    No line starts with a sign that closes something.
    """
    from rich.cells import cell_len

    lines = [""]
    for piece in _PIECE.findall(text):
        if lines[-1] and cell_len(lines[-1] + piece.rstrip()) > width:
            lines[-1] = lines[-1].rstrip()
            lines.append("")
        lines[-1] += piece
    return "\n".join(lines)


def _form(policy: "Policy", sections: "tuple[Section, ...]", language: "Language") -> Any:
    from policyengine.values.calendar import instant_text
    from policyengine.wording.rendering import rendered

    return {
        "policy": policy.name,
        "version": policy.version,
        "effective": instant_text(policy.effective_at),
        "status": policy.document.status,
        "sha256": policy.sha256,
        "file": policy.file,
        "language": language.code,
        "sections": [
            {
                "section": section.key,
                "title": language.texts[f"section.{section.key}"],
                "sentences": [
                    {
                        "key": each.key,
                        "text": rendered(each, language),
                        "pointer": each.pointer or None,
                        "line": policy.line(each.pointer) if each.pointer else None,
                    }
                    for each in section.sentences
                ],
            }
            for section in sections
        ],
    }
