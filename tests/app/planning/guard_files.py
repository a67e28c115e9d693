"""Golden pairs of guards files: run this file to draw the messages of the bad ones anew."""

from collections.abc import Iterator
from pathlib import Path

from policyengine.app.planning.guards.checks import check_suits
from policyengine.app.planning.guards.load import load_guards
from policyengine.policy.load import load_policy
from policyengine.policy.policy import Policy
from policyengine.values.diagnostics import drawn

FOLDER = Path(__file__).parent / "diagnostics"
REFERENCE = Path(__file__).parents[3] / "policies" / "codeflicker"
GUARDS = """\
format: 1
about: What finance allows a change of prices to do.
costs:
  currency: USD
  credit: 0.01
  per: 1000000
  models:
    standard:
      {text_input: 0.5, text_cached: 0.05, image_input: 0.5, text_output: 2, image_output: 8}
guards:
  dearer_models: {measure: price_rise, at_most: 20%, otherwise: block, why: Agreed in March.}
  margins: {measure: margin, at_least: 30%, otherwise: block, models: [standard]}
  examples: {measure: scenario_rise, at_most: 15%, otherwise: warn}
  losers: {measure: worse_off, at_most: 5%, otherwise: block, plans: [pro]}
  most: {measure: wallet_rise, at_most: 30%, wallets: 99%, otherwise: warn}
  kind: {measure: change, no_graver_than: dearer, otherwise: block}
  history: {measure: past, otherwise: block}
"""


def reference(version: int, *edits: tuple[str, str]) -> Policy:
    """A version of the reference policy, with some texts replaced."""
    path = REFERENCE / f"v{version}.yaml"
    text = path.read_text()
    for old, new in edits:
        assert old in text
        text = text.replace(old, new)
    policy = load_policy(text, path.name).policy
    assert policy is not None
    return policy


def bad_files() -> Iterator[Path]:
    """Give the bad files; each name begins with the code that the file is there for."""
    yield from sorted(FOLDER.glob("*.yaml"))


def drawing_of(path: Path) -> tuple[list[str], str]:
    """Load a bad file: the codes that were found, and how the findings are drawn."""
    loaded = load_guards(path.read_bytes(), path.name)
    findings = loaded.findings
    if loaded.document is not None:
        findings = check_suits(loaded.source, loaded.document, [reference(1)])
    drawings = [drawn(each, loaded.source.lines) for each in findings]
    return [each.code for each in findings], "\n\n".join(drawings) + "\n"


if __name__ == "__main__":
    for file in bad_files():
        file.with_suffix(".txt").write_text(drawing_of(file)[1])
