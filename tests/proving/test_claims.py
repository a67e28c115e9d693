"""Claims: what can be said, and what is answered to what cannot."""

import pytest

from engine.wallets import policy
from policyengine.proving.claims import (
    BalanceClaim,
    CustomerClaim,
    NoClaim,
    PriceClaim,
    parse_claim,
)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("price(new) <= price(old)", PriceClaim),
        ("price( new )  <=  1.1 * price(old) + 0.5 or all_input > 200000", PriceClaim),
        ("price(new) == 0 or text_input + text_cached > 0", PriceClaim),
        ("no customer is worse off", CustomerClaim),
        ("no  customer is worse  off", CustomerClaim),
        ("balance >= -50", BalanceClaim),
        ("0 <= balance", BalanceClaim),
    ],
)
def test_a_claim_is_read(text: str, kind: type) -> None:
    assert isinstance(parse_claim(text, policy(), policy(version=2)), kind)


@pytest.mark.parametrize(
    ("text", "message", "help_"),
    [
        ("price(new)", "this place needs yes or no", "compare it"),
        ("price(new) <= cost(old)", "cost", ""),
        ("price(new) <= text_input", "price(new)", "use values of one unit"),
        ("balance <= 5", "no lower bound", "balance >= -50"),
        ("balance >", "", ""),
        ("customers are happy", "", ""),
    ],
)
def test_what_is_no_claim_is_told_in_the_words_of_claims(
    text: str, message: str, help_: str
) -> None:
    found = parse_claim(text, policy(), policy())
    assert isinstance(found, NoClaim)
    assert message in found.message
    assert help_ in found.help
    assert "price_" not in found.message + found.help


def test_a_claim_about_another_version_needs_it() -> None:
    found = parse_claim("price(new) <= price(old)", policy(), None)
    assert isinstance(found, NoClaim)
    assert "--vs" in found.help
