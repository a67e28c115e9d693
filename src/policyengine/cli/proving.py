"""`prove`: a claim about a policy, or about a version against another, proved or refuted."""

from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Annotated, Any

import typer

from policyengine.cli.call import Format, print_json
from policyengine.cli.faults import FINDINGS, OK, WrongUse
from policyengine.cli.options import ModifierNames, modifiers_of

if TYPE_CHECKING:
    from policyengine.policy.policy import Policy
    from policyengine.proving.prices import Scope


def prove(
    new: Annotated[Path, typer.Argument(metavar="NEW", help="A version's file.")],
    that: Annotated[
        str,
        typer.Option(
            "--that",
            metavar="CLAIM",
            help="`price(new) <= price(old)`, `no customer is worse off`, `balance >= -50`.",
        ),
    ],
    versus: Annotated[
        Path | None, typer.Option("--vs", metavar="OLD", help="The version to compare with.")
    ] = None,
    model: Annotated[
        str, typer.Option("--model", "-m", metavar="MODEL", help="One model; else all.")
    ] = "",
    plan: Annotated[
        str, typer.Option("--plan", metavar="PLAN", help="Wallets of one plan; else all.")
    ] = "",
    modifier: ModifierNames = None,
    up_to: Annotated[
        int,
        typer.Option("--up-to", metavar="N", min=1, max=10**12, help="Counts of each unit."),
    ] = 10**9,
    seconds: Annotated[
        float, typer.Option("--seconds", min=0.01, help="The solver's time for each model.")
    ] = 10.0,
    output: Annotated[
        Format, typer.Option("--format", help="Text for people, JSON for machines.")
    ] = "text",
) -> int:
    """Prove a claim for all counts up to a bound, rounding included, or show what refutes it.

    Leaves with 0 when it is proved, with 1 when it is refuted or nothing is known.

    Example: policyengine prove v2.yaml --vs v1.yaml --that "price(new) <= price(old)"
    """
    began = monotonic()
    from policyengine.proving.claims import NoClaim
    from policyengine.proving.prices import Scope
    from policyengine.proving.prove import prove as judge

    policy = _policy(new)
    other = None if versus is None else _policy(versus)
    scope = Scope(model, plan, modifiers_of(modifier), up_to, seconds)
    _check_scope(scope, policy, other)
    proof = judge(that, policy, other, scope)
    if isinstance(proof, NoClaim):
        raise WrongUse(f"`{that}` is no claim: {proof.message}", proof.help)
    from policyengine.cli.proving_view import print_proof, proof_form

    if output == "json":
        print_json(proof_form(proof, policy, other, scope))
    else:
        print_proof(proof, policy, other, scope, f"{monotonic() - began:.2f} s")
    return OK if proof.answer == "proved" else FINDINGS


def _policy(file: Path) -> "Policy":
    from policyengine.app.policies import PolicyError
    from policyengine.policy.load import load_policy
    from policyengine.values.diagnostics import drawn

    if not file.is_file():
        raise WrongUse(f"there is no file `{file}`", "name the file of a version")
    loaded = load_policy(file.read_bytes(), str(file))
    if loaded.policy is None:
        told = "\n".join(drawn(each, loaded.source.lines) for each in loaded.diagnostics)
        raise PolicyError(f"`{file}` has errors\n{told}", loaded.diagnostics)
    return loaded.policy


def _check_scope(scope: "Scope", new: "Policy", old: "Policy | None") -> None:
    """Refuse names that the versions do not have."""
    versions = [new] if old is None else [new, old]
    asked: list[tuple[str, tuple[str, ...], Any]] = [
        ("model", (scope.model,), lambda each: each.models),
        ("plan", (scope.plan,), lambda each: each.plans),
        ("modifier", scope.modifiers, lambda each: each.modifiers),
    ]
    for kind, names, listed in asked:
        for name in names:
            for each in versions:
                if name and name not in listed(each):
                    known = ", ".join(listed(each)) or "none"
                    raise WrongUse(
                        f"version {each.version} has no {kind} `{name}`", f"it has {known}"
                    )
