"""Reading a file of another kind than a policy: its text, its shape, its meaning, in this order."""

from policyengine.app.scenarios.document import ScenarioFile
from policyengine.app.scenarios.shape import scenario_form
from policyengine.policy.reading import ReadFile, finding_of, read_file
from policyengine.policy.source import Source
from policyengine.values.diagnostics import Diagnostic

STEP = """\
about: a test
scenarios:
  - title: a test
    steps:
      - """


def nothing(_source: Source, _document: ScenarioFile) -> tuple[Diagnostic, ...]:
    return ()


def read(step: str) -> ReadFile[ScenarioFile]:
    return read_file(f"{STEP}{step}\n", "s.yaml", scenario_form(), nothing)


def test_a_file_without_a_mistake_is_a_document() -> None:
    file = read("overage: {allowed: true}")
    assert file.findings == ()
    assert file.document is not None
    assert file.document.scenarios[0].steps[0].verb == "overage"
    assert file.report() == ""


def test_of_a_text_that_cannot_be_read_nothing_else_is_said() -> None:
    file = read_file("about: [\nsteps: {}", "s.yaml", scenario_form(), nothing)
    assert file.document is None
    assert [each.code[:3] for each in file.findings] == ["PE0"]


def test_the_shape_is_checked_before_the_meaning() -> None:
    file = read_file("nothing: 1", "s.yaml", scenario_form(), lambda *_: 1 / 0)  # type: ignore[arg-type]
    assert file.document is None
    assert file.report().startswith("s.yaml:1:1: error[PE1")


def test_what_the_meaning_lacks_stands_on_the_line_of_a_key_or_of_its_value() -> None:
    def doubt(source: Source, _document: ScenarioFile) -> tuple[Diagnostic, ...]:
        return tuple(
            finding_of(source, (place, "SC999", "it is doubtful", "think again"))
            for place in ("~/scenarios/0/steps/0/seats", "/scenarios/0/steps/0/seats")
        )

    file = read_file(f"{STEP}seats: 5\n", "s.yaml", scenario_form(), doubt)
    assert file.document is None
    assert [(each.span.line, each.span.column, each.pointer) for each in file.findings] == [
        (5, 9, "/scenarios/0/steps/0/seats"),
        (5, 16, "/scenarios/0/steps/0/seats"),
    ]


def test_what_belongs_one_level_deeper_is_told_where() -> None:
    (finding,) = read("charge: {model: standard, text_input: 5}").findings
    assert finding.help == "counts of units go below `used`: `used: {text_input: ...}`"


def test_true_in_quotes_is_meant_without_them() -> None:
    quoted, other = (
        read(f"overage: {{allowed: {value}}}").findings[0] for value in ('"true"', "perhaps")
    )
    for each in (quoted, other):
        assert each.message == "`allowed` is either `true` or `false`"
        assert each.help == "write one of the two, without quotes"
    assert quoted.edit is not None
    assert quoted.edit.replacement == "true"
    assert other.edit is None


def test_a_bound_on_one_side_is_said_as_one() -> None:
    line = "{unit: text_input, count: 1, rate: -1, multiplier: 1, credits: 1}"
    (finding,) = read(f"then: {{price_lines: [{line}]}}").findings
    assert finding.help == "write a number from 0 up"
