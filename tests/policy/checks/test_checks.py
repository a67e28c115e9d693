"""The tuple of checks: complete, silent about good policies, unmoved by bad ones."""

from importlib import import_module
from pkgutil import iter_modules
from random import Random

import pytest

from policy.documents import ROOT, mutated, reference, source_of
from policyengine.policy import checks
from policyengine.policy.checks import CHECKS, check_meaning
from policyengine.policy.codes import CODES
from policyengine.policy.load import load_policy
from policyengine.policy.shape import check_shape

MUTATIONS = 500
OF_SEVERAL_FILES = {"dropping", "locking", "sequence", "subscribers"}


@pytest.mark.parametrize("version", [1, 2])
def test_nothing_is_found_in_the_reference_policy(version: int) -> None:
    path = ROOT / "policies" / "codeflicker" / f"v{version}.yaml"
    assert load_policy(path.read_bytes(), path.name).diagnostics == ()


def test_no_check_is_forgotten() -> None:
    written = {
        each
        for module in iter_modules(checks.__path__)
        if module.name not in OF_SEVERAL_FILES
        for name, each in vars(import_module(f"{checks.__name__}.{module.name}")).items()
        if name.startswith("check_")
    }
    assert written == set(CHECKS)
    assert len(CHECKS) == len(written)


@pytest.mark.parametrize("check", CHECKS, ids=lambda each: each.__name__)
def test_a_check_says_what_it_holds_for_true(check: object) -> None:
    first_line = (check.__doc__ or "").partition("\n")[0]
    assert first_line.endswith(".")


def test_no_document_of_the_right_shape_makes_a_check_stumble() -> None:
    random = Random(7)
    documents = [reference(1), reference(2)]
    judged = 0
    for _ in range(MUTATIONS):
        source = source_of(mutated(random.choice(documents), random))
        document, _ = check_shape(source)
        if document is not None:
            judged += 1
            for each in check_meaning(document, source):
                assert each.code in CODES
                assert each.message
                assert each.help
    assert judged > MUTATIONS * 0.05
