"""From bytes to text: size, encoding and characters are settled before YAML is read."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from policyengine.values.diagnostics import Diagnostic, Edit, Span, is_unseen

BYTES_MAX: Final = 1024 * 1024
TAB_SPACES: Final = "  "

START: Final = Span(1, 1, 1, 1)

_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_UTF8_MARK = b"\xef\xbb\xbf"
_NOT_PLAIN = re.compile(r"[^\n -~]")
_CONFLICT = re.compile(r"^(<{7}|>{7})(?= |$).*", re.MULTILINE)
_JOINERS = "\u200c\u200d"


@dataclass(frozen=True, slots=True)
class Text:
    """A file's text: plain line ends, no byte order mark; empty where it could not be decoded."""

    text: str
    lines: tuple[str, ...]


def read_text(data: bytes | str, name: str) -> tuple[Text, tuple[Diagnostic, ...]]:
    """Turn a file's content into text that is safe to hand to a YAML parser.

    Gives: the text as far as it can be shown, and findings; with any finding, the text must not
    be read further.
    """
    if _is_too_large(data):
        finding = Diagnostic(
            code="PE001",
            message=f"the file is larger than {BYTES_MAX:,} bytes",
            file=name,
            span=START,
            help="split the policy, or move long explanations into documents of their own",
        )
        return Text("", ()), (finding,)
    raw, findings = (data, ()) if isinstance(data, str) else _decoded(data, name)
    text = _without_mark(raw).replace("\r\n", "\n")
    lines = tuple(text.split("\n"))
    if not findings:
        findings = _check_characters(text, lines, name)
    return Text(text, lines), findings


def _is_too_large(data: bytes | str) -> bool:
    if isinstance(data, str) and len(data) <= BYTES_MAX:
        return len(data.encode("utf-8", "surrogatepass")) > BYTES_MAX
    return len(data) > BYTES_MAX


def _without_mark(text: str) -> str:
    return text.removeprefix("\ufeff")


def _decoded(data: bytes, name: str) -> tuple[str, tuple[Diagnostic, ...]]:
    if data.startswith(_UTF16_MARKS) or _alternates_with_nul(data):
        return "", (_not_utf8(name, START, "the file is UTF-16, not UTF-8"),)
    try:
        return data.decode("utf-8"), ()
    except UnicodeDecodeError as error:
        before = data[: error.start].removeprefix(_UTF8_MARK).decode("utf-8")
        line = before.count("\n") + 1
        column = len(before) - (before.rfind("\n") + 1) + 1
        span = Span(line, column, line, column + 1)
        message = f"the byte 0x{data[error.start]:02x} is not UTF-8"
        return data.decode("utf-8", "replace"), (_not_utf8(name, span, message),)


def _alternates_with_nul(data: bytes) -> bool:
    """Tell UTF-16 without a mark: YAML is mostly ASCII, so every second byte is 0."""
    head = data[:64]
    return len(head) > 1 and (not any(head[::2]) or not any(head[1::2]))


def _not_utf8(name: str, span: Span, message: str) -> Diagnostic:
    return Diagnostic("PE002", message, name, span, help="save the file in the encoding `UTF-8`")


def _check_characters(text: str, lines: tuple[str, ...], name: str) -> tuple[Diagnostic, ...]:
    """Find what is wrong with the characters: each kind is reported once, at its first place."""
    found: dict[str, Diagnostic] = {}
    if not text.isascii() or _NOT_PLAIN.search(text):
        for number, line in enumerate(lines, start=1):
            if _NOT_PLAIN.search(line):
                _check_line(line, number, name, found)
    conflict = _CONFLICT.search(text)
    if conflict:
        number = text.count("\n", 0, conflict.start()) + 1
        found["PE007"] = Diagnostic(
            code="PE007",
            message=f"`{conflict[1]}` is a mark of an unsettled merge conflict",
            file=name,
            span=Span(number, 1, number, len(lines[number - 1]) + 1),
            help="choose one of the two texts and delete the lines with the marks",
        )
    return tuple(found.values())


def _check_line(line: str, number: int, name: str, found: dict[str, Diagnostic]) -> None:
    for match in _NOT_PLAIN.finditer(line):
        at = match.start()
        span = Span(number, at + 1, number, at + 2)
        if match[0] == "\t":
            found.setdefault("PE004", _tab(name, span))
        elif is_unseen(match[0]) and not _joins_letters(line, at):
            found.setdefault("PE003", _unseen(name, span, match[0]))
    if not unicodedata.is_normalized("NFC", line):
        found.setdefault("PE005", _not_composed(name, line, number))


def _joins_letters(line: str, at: int) -> bool:
    """Tell a joiner where scripts need it: between two letters beyond ASCII, or in an emoji."""
    around = line[max(at - 1, 0) : at + 2]
    return (
        line[at] in _JOINERS and len(around) == len("a-b") and not (around[0] + around[2]).isascii()
    )


def _tab(name: str, span: Span) -> Diagnostic:
    return Diagnostic(
        code="PE004",
        message="a tab; YAML is indented with spaces",
        file=name,
        span=span,
        help="replace each tab by spaces",
        edit=Edit(span, TAB_SPACES),
    )


def _unseen(name: str, span: Span, character: str) -> Diagnostic:
    title = unicodedata.name(character, "").lower()
    label = f"U+{ord(character):04X}" + (f" ({title})" if title else "")
    return Diagnostic(
        code="PE003",
        message=f"the character {label} cannot be seen",
        file=name,
        span=span,
        help="delete it; it often comes along when text is copied from a web page or a chat",
        edit=Edit(span, ""),
    )


def _not_composed(name: str, line: str, number: int) -> Diagnostic:
    composed = unicodedata.normalize("NFC", line)
    at = next(
        (index for index, (old, new) in enumerate(zip(line, composed, strict=False)) if old != new),
        min(len(line), len(composed)) - 1,
    )
    return Diagnostic(
        code="PE005",
        message="a letter is written as a base letter and a separate accent",
        file=name,
        span=Span(number, at + 1, number, at + 3),
        help="retype the letter, or save the file in the Unicode form NFC",
        edit=Edit(Span(number, 1, number, len(line) + 1), composed),
    )
