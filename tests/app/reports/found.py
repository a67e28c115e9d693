"""Reports for tests: a folder of policies with a mistake of each kind, and every golden pair."""

from pathlib import Path

from tools.goldens import FOLDER

from app.shops import policy_text
from policyengine.app.checking import check, files_of
from policyengine.app.reports.report import Report, report_of_files, report_of_scenarios
from policyengine.app.scenarios.report import run_scenarios
from policyengine.app.starter import starter_files

POLICY = Path("policies/my_product/v1.yaml")
PROMISES = POLICY.parent / "scenarios/promises.yaml"


def broken_files() -> Report:
    """Check, in the current folder, a policy with an error with an edit, and a warning."""
    _write_starter()
    text = policy_text().replace("sold_to: [plus,", "sold_to: [pluss,")
    POLICY.write_text(text.replace("credits: 1000,", "credits: 1000.005,"))
    return report_of_files(check(files_of([Path("policies")])))


def every_golden() -> Report:
    """Check all bad files that are kept as golden pairs, each on its own."""
    paths = sorted(FOLDER.glob("*.yaml"))
    checks = [check(files_of([path])) for path in paths]
    whole = report_of_files(checks[0])
    findings = tuple(finding for each in checks for finding in each.findings)
    lines = {name: text for each in checks for name, text in each.lines.items()}
    cases = tuple(case for each in checks for case in report_of_files(each).cases)
    return Report("validate", whole.summary, cases, findings, lines, whole.form)


def unmet_scenarios() -> Report:
    """Run, in the current folder, scenarios of which one is not met, and a file that cannot run."""
    _write_starter()
    PROMISES.write_text(PROMISES.read_text().replace("charged: 8", "charged: 9"))
    (PROMISES.parent / "broken.yaml").write_text("about: <this> & that\nscenarios: 1\n")
    return report_of_scenarios(run_scenarios([Path("policies")]))


def _write_starter() -> None:
    for path, content in starter_files("chat").items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
