"""A plan as plain data with a version: `document.py` beside it says what machines may rely on."""

from typing import Any, Final, TypeAlias

from policyengine.app.diff_report import diff_form
from policyengine.app.forms import findings_form
from policyengine.app.planning.judging import Judged
from policyengine.app.planning.page import verdict_text
from policyengine.app.planning.plan import Plan
from policyengine.app.planning.playing import AMOUNTS, Outcome, Played
from policyengine.app.simulation.form import simulation_form
from policyengine.values.amounts import credits_plain

Form: TypeAlias = dict[str, Any]

FORMAT: Final = "policyengine-plan"
VERSION: Final = 1
"""Keys are added under the same version; one that is removed or changes meaning makes a new one."""


def plan_form(plan: Plan, asked: str) -> Form:
    """Give everything that a plan found.

    Takes: the command that makes the same plan again, without the name of the program.
    """
    base, checked = plan.change.base, plan.checked
    return {
        "format": FORMAT,
        "version": VERSION,
        "verdict": plan.verdict,
        "said": verdict_text(plan).partition("  ")[2],
        "different": plan.is_different,
        "policies": str(plan.change.place),
        "against": {"words": base.words, "exactly": base.exactly, "is_commit": base.is_commit},
        "checked": {
            "files": checked.files,
            "policies": list(checked.policies),
            "warnings": findings_form(checked.warnings),
        },
        "diff": diff_form(plan.change.diff),
        "scenarios": _scenarios(plan),
        "simulation": None if plan.simulated is None else simulation_form(plan.simulated),
        "guards": {
            "file": plan.guards_file,
            "changed": plan.guards_changed,
            "judged": [_judged(each) for each in plan.judged],
        },
        "again": f"policyengine {asked}",
    }


def _scenarios(plan: Plan) -> Form:
    found = plan.scenarios
    return {
        "run": len(found.results),
        "unmet": [
            {"file": each.file, "line": each.line, "title": each.title} for each in found.unmet
        ],
        "played": len(found.played),
        "different": [_played(each) for each in found.different],
        "edited": [
            {"fate": each.fate, "file": each.file, "title": each.title} for each in found.edited
        ],
    }


def _played(each: Played) -> Form:
    return {
        "file": each.file,
        "line": each.line,
        "title": each.title,
        "old": _outcome(each.old),
        "new": _outcome(each.new),
    }


def _outcome(outcome: Outcome) -> Form:
    return {
        **{name: credits_plain(getattr(outcome, name)) for name in AMOUNTS},
        "refusals": [{"step": step, "code": code} for step, code in outcome.refusals],
    }


def _judged(each: Judged) -> Form:
    guard, measured = each.guard, each.measured
    return {
        "guard": each.name,
        "line": each.line,
        "verdict": each.verdict,
        "measure": guard.measure,
        "models": guard.models,
        "plans": guard.plans,
        "bound": each.bound,
        "otherwise": guard.otherwise,
        "measured": measured.text or None,
        "kept": each.is_kept,
        "worst": measured.worst,
        "doubt": measured.doubt,
        "why": guard.why,
    }
