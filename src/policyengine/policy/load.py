"""The one way from a file to a policy: text, shape, meaning, compilation."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from policyengine.policy.checks import check_meaning
from policyengine.policy.compilation import compile_policy
from policyengine.policy.document import PolicyDocument
from policyengine.policy.policy import Policy
from policyengine.policy.shape import check_shape
from policyengine.policy.source import Source, load_source
from policyengine.values.canonical import canonical_bytes, sha256_hex
from policyengine.values.diagnostics import Diagnostic, has_errors, sorted_findings


@dataclass(frozen=True, slots=True)
class Loaded:
    """A file that was read, as far as it could be.

    `document` is None where the file has not the shape of a policy; `policy` is None where any
    finding is an error.
    """

    source: Source
    document: PolicyDocument | None
    policy: Policy | None
    diagnostics: tuple[Diagnostic, ...]


def load_policy(data: str | bytes, name: str) -> Loaded:
    """Read a policy file and check everything that one file can tell.

    Takes: the content of a file, of any size and kind, and the name to report it by.
    Gives: the policy, or at least one finding that is an error. Never raises.
    """
    source, of_text = load_source(data, name)
    document, of_shape = check_shape(source)
    of_meaning = () if document is None else check_meaning(document, source)
    findings = sorted_findings((*of_text, *of_shape, *of_meaning))
    policy = None
    if document is not None and not has_errors(findings):
        policy = compile_policy(document, source, content_hash(document))
    return Loaded(source, document, policy, findings)


def content_hash(document: PolicyDocument) -> str:
    """Name what a document says: the SHA-256 of its canonical content.

    Comments, layout, notation of numbers and the order of keys do not change it, nor does leaving
    out a key that has a default. Lists keep their order, and so do plans and their grants: moving
    down the list is an upgrade, and credits are given in the order written.
    """
    content = document.model_dump(exclude_defaults=True)
    plans = content["plans"]
    for plan in plans.values():
        plan["grants"] = list(plan["grants"].items())
    content["plans"] = list(plans.items())
    return sha256_hex(canonical_bytes(_canonical(content)))


def _canonical(value: Any) -> Any:
    """Write exact numbers as text, each in one way."""
    if isinstance(value, Decimal):
        return _number_text(value)
    if isinstance(value, dict):
        return {key: _canonical(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_canonical(each) for each in value]
    return value


def _number_text(number: Decimal) -> str:
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
