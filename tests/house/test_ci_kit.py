"""What other repositories use in CI: pre-commit hooks and the GitHub action, tried for real."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from app.repositories import commit_all
from app.shops import policy_text, second_version
from policyengine.app.starter import starter_files
from policyengine.cli.main import run

ROOT = Path(__file__).resolve().parents[2]
ACTION = yaml.safe_load((ROOT / "action.yml").read_text())
HOOKS = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
HOOK_KEYS = {"id", "name", "description", "entry", "language", "files", "pass_filenames", "args"}
SCRIPT = ROOT / "tools/ci_check"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with the starter policy, which is where hooks and the action run."""
    monkeypatch.chdir(tmp_path)
    for path, content in starter_files("chat").items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return tmp_path


@pytest.mark.parametrize("hook", HOOKS, ids=lambda hook: hook["id"])
def test_a_hook_runs_as_pre_commit_would_run_it(hook: dict[str, Any]) -> None:
    assert set(hook) <= HOOK_KEYS
    assert {"id", "name", "entry", "language", "files"} <= set(hook)
    files = [
        path.as_posix()
        for path in sorted(Path().rglob("*"))
        if path.is_file() and re.search(hook["files"], path.as_posix())
    ]
    assert len(files) == 2
    program, *arguments = shlex.split(hook["entry"]) + hook.get("args", [])
    assert program == "policyengine"
    given = files if hook.get("pass_filenames", True) else []
    assert run([*arguments, *given]) == 0
    wrong = Path("policies/my_product/v1.yaml")
    wrong.write_text(wrong.read_text().replace("multiplier: 4\n", "multiplier:\t5\n"))
    assert run([*arguments, *given]) == 1


def _run_action(folder: Path, **environment: str) -> tuple[subprocess.CompletedProcess[str], str]:
    """Run what the action runs, with a `gh` that notes what it is asked to write."""
    bin_ = folder / "bin"
    bin_.mkdir(exist_ok=True)
    gh = bin_ / "gh"
    gh.write_text('#!/bin/sh\necho "$@"\ncat "${7}" >comment.md\n')
    gh.chmod(0o755)
    path = os.pathsep.join((str(bin_), str(Path(sys.executable).parent), os.environ["PATH"]))
    python = os.environ.get("PYTHONPATH", "")
    done = subprocess.run(  # noqa: S603  # our own script
        [SCRIPT],
        cwd=folder,
        env={"PATH": path, "PYTHONPATH": python, "HOME": str(folder), **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    comment = folder / "comment.md"
    return done, comment.read_text() if comment.exists() else ""


def test_the_action_checks_everything_and_keeps_one_comment(folder: Path) -> None:
    done, comment = _run_action(
        folder, COMMENT="true", PULL_REQUEST="7", SARIF_FILE="out/found.sarif"
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "pr comment 7 --edit-last --create-if-none --body-file" in done.stdout
    assert re.findall(r"^### .*$", comment, re.MULTILINE) == [
        "### ✅ policyengine validate",
        "### ✅ policyengine test",
    ]
    assert (folder / "out/found.sarif").exists()


def test_the_action_plans_the_change_of_a_pull_request(folder: Path) -> None:
    guards = folder / "policies/guards.yaml"
    guards.write_text(
        "format: 1\nabout: Bounds.\nguards:\n"
        "  dearer: {measure: price_rise, at_most: 20%, otherwise: block}\n"
    )
    commit_all(folder)
    version = folder / "policies/my_product/v2.yaml"
    version.write_text(second_version(policy_text()))
    summary = folder / "summary.md"
    pull_request = {"COMMENT": "true", "PULL_REQUEST": "7", "BASE": "main"}
    done, comment = _run_action(folder, **pull_request, GITHUB_STEP_SUMMARY=str(summary))
    assert done.returncode == 1
    assert re.findall(r"^##.*$", comment, re.MULTILINE)[0] == (
        "## ⛔ BLOCK: guard dearer is not kept"
    )
    assert comment.count("### ✅ policyengine") == 2
    assert "## ⛔ BLOCK" in summary.read_text()
    guards.write_text(guards.read_text().replace("20%", "30%"))
    done, comment = _run_action(folder, **pull_request, PATHS="policies/my_product")
    assert (done.returncode, done.stderr) == (0, "")
    assert comment.startswith("## ⚠️ WARN: the guards themselves change\n")


def test_a_comment_that_is_too_long_is_cut_at_a_line(folder: Path) -> None:
    guards = "format: 1\nabout: Many.\nguards:\n"
    for number in range(100):
        why = f"{number} {'reason ' * 70}end"
        guards += f"  g{number}_{'x' * 50}: {{measure: past, otherwise: warn, why: {why}}}\n"
    (folder / "policies/guards.yaml").write_text(guards)
    commit_all(folder)
    done, comment = _run_action(folder, COMMENT="true", PULL_REQUEST="7", BASE="HEAD")
    assert (done.returncode, done.stderr) == (0, "")
    assert 60_000 < len(comment.encode()) <= 65_536
    *_, last, _, said = comment.splitlines()
    assert said == "(The rest is in the summary of the job.)"
    assert last.endswith("end.")


def test_the_action_goes_on_after_a_finding_and_fails_at_the_end(folder: Path) -> None:
    promises = folder / "policies/my_product/scenarios/promises.yaml"
    promises.write_text(promises.read_text().replace("charged: 8", "charged: 9"))
    policy = folder / "policies/my_product/v1.yaml"
    policy.write_text(policy.read_text().replace("credits: 1000,", "credits: 1000.005,"))
    done, comment = _run_action(folder, FAIL_LEVEL="warning", PATHS="policies")
    assert (done.returncode, comment) == (1, "")
    assert "::warning file=policies/my_product/v1.yaml" in done.stdout
    assert "::error file=policies/my_product/scenarios/promises.yaml" in done.stdout


def test_the_action_gives_the_script_what_it_reads_and_nothing_to_a_shell() -> None:
    steps = ACTION["runs"]["steps"]
    assert ACTION["runs"]["using"] == "composite"
    assert all("shell" in step for step in steps if "run" in step)
    assert not any("${{" in step.get("run", "") for step in steps)  # texts of others stay data
    read = set(re.findall(r"\$\{([A-Z_]+):-", SCRIPT.read_text()))
    read = {each for each in read if not each.startswith("GITHUB_")}  # those the runner sets
    given = set(steps[-1]["env"])
    assert read <= given
    assert given - read == {"GH_TOKEN"}
    named = set(re.findall(r"inputs\.([a-z-]+)", (ROOT / "action.yml").read_text()))
    assert named == set(ACTION["inputs"])


def test_the_script_is_one_that_bash_can_read() -> None:
    assert os.access(SCRIPT, os.X_OK)
    subprocess.run(["bash", "-n", SCRIPT], check=True)  # noqa: S603, S607  # our own script
