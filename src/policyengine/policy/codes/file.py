"""PE0xx: the file as text and as YAML, before anything is asked of its content."""

from collections.abc import Mapping
from typing import Final

from policyengine.policy.codes.info import CodeInfo

FILE_CODES: Final[Mapping[str, CodeInfo]] = {
    "PE001": CodeInfo(
        title="the file is too large",
        what="The file has more than 1,048,576 bytes (1 MiB). It was not read.",
        why="a policy is read on every start and by people; a bound keeps a hostile or broken "
        "file from stalling the engine.",
        wrong="# a policy with two megabytes of comments",
        right="# a policy; its history is in version control",
    ),
    "PE002": CodeInfo(
        title="the file is not UTF-8",
        what="The bytes of the file are not UTF-8 text. Often an editor saved it as UTF-16 or as "
        "Latin-1.",
        why="guessing an encoding changes names and reasons without anybody noticing.",
        wrong="# a file saved as `Unicode` or `ANSI` by an old editor",
        right="# the same file, saved as `UTF-8`",
    ),
    "PE003": CodeInfo(
        title="a character that cannot be seen",
        what="The file holds a control, zero-width or direction-changing character. A byte order "
        "mark at the very beginning and Windows line ends are accepted.",
        why="such characters make two names look equal that are not, or a line read differently "
        "from what it says; no policy needs them.",
        wrong='why: "free\\u200b credits"    # a zero-width space',
        right="why: free credits",
    ),
    "PE004": CodeInfo(
        title="a tab",
        what="The file holds a tab character.",
        why="YAML forbids tabs where it counts, and a tab looks like a different number of spaces "
        "in each editor.",
        wrong="plans:\n<TAB>free: {}",
        right="plans:\n  free: {}",
    ),
    "PE005": CodeInfo(
        title="text that is not in composed form (Unicode NFC)",
        what="A letter is written as a base letter and a separate accent.",
        why="the two ways to write `é` look equal and compare unequal, so a name would not be "
        "found; the content hash of a version would differ as well.",
        wrong="why: Cafe\\u0301    # e and a combining accent",
        right="why: Café         # one letter",
    ),
    "PE006": CodeInfo(
        title="an empty file",
        what="The file holds nothing, or nothing but comments.",
        why="an empty policy is an accident: a policy answers every question itself.",
        wrong="# to be written",
        right="format: 1\npolicy: acme",
    ),
    "PE007": CodeInfo(
        title="a merge conflict",
        what="The file holds the marks that git leaves when two changes meet.",
        why="somebody has to choose one of the two texts.",
        wrong="<<<<<<< HEAD\n  credits: 300\n=======\n  credits: 500\n>>>>>>> topic",
        right="  credits: 500",
    ),
    "PE010": CodeInfo(
        title="not YAML",
        what="The text breaks a rule of YAML, and no nearer reason was found.",
        why="the rest of the file cannot be read.",
        wrong="plans: [, free]",
        right="plans: [free]",
    ),
    "PE011": CodeInfo(
        title="text with a colon needs quotes",
        what="After `key: ` the text holds another colon and space, which YAML reads as a second "
        "key in the same line.",
        why="YAML cannot tell which colon was meant.",
        wrong="why: Second edition: dearer images",
        right='why: "Second edition: dearer images"',
    ),
    "PE012": CodeInfo(
        title="a line does not line up",
        what="A line begins further left or right than the lines it belongs with.",
        why="in YAML the indentation says what belongs to what.",
        wrong="plans:\n    free: {}\n  pro: {}",
        right="plans:\n    free: {}\n    pro: {}",
    ),
    "PE013": CodeInfo(
        title="a bracket is not closed, or a comma is missing",
        what="Inside `[...]` or `{...}` something stands where a comma or the closing bracket was "
        "expected.",
        why="YAML reads on over the line end until the bracket closes.",
        wrong="plans: {free: {}\npacks: {}",
        right="plans: {free: {}}\npacks: {}",
    ),
    "PE014": CodeInfo(
        title="a quote is not closed",
        what="A text begins with a quote and the closing quote does not come.",
        why="everything behind it would be part of the text.",
        wrong='why: "First edition',
        right='why: "First edition"',
    ),
    "PE015": CodeInfo(
        title="a key without its colon and space",
        what="Where `key: value` is expected, the line has no colon, or no space behind it.",
        why="YAML takes `credits:300` for one word.",
        wrong="credits:300\nexpires 1 month",
        right="credits: 300\nexpires: 1 month",
    ),
    "PE016": CodeInfo(
        title="a sign that cannot begin a value",
        what="A value begins with a sign that has a meaning of its own in YAML.",
        why="plain text may not begin with one of @ ` % & * ! | > ] } or a comma.",
        wrong="when: *",
        right='when: "*"',
    ),
    "PE017": CodeInfo(
        title="an unknown escape in double quotes",
        what="In double quotes a backslash begins an escape, and this one does not exist.",
        why='only escapes such as `\\n`, `\\"` and `\\\\` have a meaning.',
        wrong='why: "see docs\\prices"',
        right="why: 'see docs\\prices'",
    ),
    "PE018": CodeInfo(
        title="a full-width sign or space where YAML needs the plain one",
        what="A sign of a Chinese or Japanese keyboard (`：` `，` `｛` or the wide space) stands "
        "where YAML needs `:` `,` `{` or a plain space.",
        why="for YAML these are letters, so the line is no longer `key: value`.",
        wrong="credits：300",
        right="credits: 300",
    ),
    "PE020": CodeInfo(
        title="an anchor or alias",
        what="The file uses `&name` or `*name`.",
        why="a reader must see a number where it counts; and nested aliases can make a small "
        "file as large as the memory.",
        wrong="pro: &base {credits: 2000}\nteam: *base",
        right="pro: {credits: 2000}\nteam: {credits: 2000}",
    ),
    "PE021": CodeInfo(
        title="a tag",
        what="The file uses a YAML tag such as `!!str`.",
        why="types come from the text and the schema alone; tags have run foreign code in other "
        "programs.",
        wrong="version: !!int 1",
        right="version: 1",
    ),
    "PE022": CodeInfo(
        title="a merge key",
        what="The file uses `<<:` to copy keys from elsewhere.",
        why="merge keys are not part of YAML 1.2, and a reader must see what a plan gives.",
        wrong="team: {<<: {credits: 2000}}",
        right="team: {credits: 2000}",
    ),
    "PE023": CodeInfo(
        title="a directive",
        what="The file begins with a line such as `%YAML 1.1`.",
        why="a directive changes how the rest is read; policies are YAML 1.2 without any.",
        wrong="%YAML 1.1\n---\nformat: 1",
        right="format: 1",
    ),
    "PE024": CodeInfo(
        title="a second document",
        what="A line `---` begins a second document in the same file.",
        why="one file is one policy version.",
        wrong="format: 1\n---\nformat: 1",
        right="format: 1",
    ),
    "PE025": CodeInfo(
        title="too many values",
        what="The file holds more than 100,000 keys and values. It was not read to the end.",
        why="a bound keeps a hostile or broken file from stalling the engine.",
        wrong="# a generated file with a model per line, a hundred thousand times",
        right="# a policy with the models that are sold",
    ),
    "PE026": CodeInfo(
        title="nested too deeply",
        what="Lists and mappings lie more than 32 deep inside each other.",
        why="no part of a policy needs it; such files are made to break readers.",
        wrong="models: [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]",
        right="models: [1]",
    ),
    "PE027": CodeInfo(
        title="a text is too long",
        what="One text has more than 4,000 characters.",
        why="texts in a policy are names, reasons and short formulas that people read.",
        wrong="why: # an essay",
        right="why: Images cost what they cost us. See the pricing notes of May.",
    ),
    "PE028": CodeInfo(
        title="a number has too many digits",
        what="A number has more than 30 digits.",
        why="no amount of credits has; a bound keeps arithmetic fast.",
        wrong="credits: 1000000000000000000000000000000000",
        right="credits: 1000000",
    ),
    "PE030": CodeInfo(
        title="a key twice",
        what="The same key stands twice in one mapping; both places are shown.",
        why="one of the two would silently win.",
        wrong="pro: {credits: 2000, credits: 3000}",
        right="pro: {credits: 3000}",
    ),
    "PE031": CodeInfo(
        title="a key that is not text",
        what="A key is a number, `true`, `false`, `null` or empty.",
        why="`1.0` and `1.00` are one number and two names; keys are names.",
        wrong="models: {4.10: {multiplier: 1}}",
        right='models: {"4.10": {multiplier: 1}}',
    ),
    "PE032": CodeInfo(
        title="a list or mapping as a key",
        what="A key is itself a list or a mapping.",
        why="keys are names. Often two closing brackets are in the wrong order, or a placeholder "
        "such as `{name}` was not filled in.",
        wrong="plans: {{name}: {}}",
        right="plans: {pro: {}}",
    ),
    "PE040": CodeInfo(
        title="a number written in another notation",
        what="The text looks like a number and is not one in plain decimal notation: leading "
        "zeros, `_` or `,` between digits, `+`, an exponent, a missing digit before or after "
        "the point, hexadecimal, octal, or full-width digits.",
        why="programs disagree on these: `010` is 8 for one reader and 10 for the next.",
        wrong="credits: 1_000\nmultiplier: .5",
        right="credits: 1000\nmultiplier: 0.5",
    ),
    "PE041": CodeInfo(
        title="not a finite number",
        what="The value is YAML's infinity or not-a-number.",
        why="an amount is always a number that can be counted; leave a bound out to have none.",
        wrong="credits: .inf",
        right="credits: 1000000",
    ),
}
