"""Imports as a whole: new policies, next versions, what they change and what they leave alone."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from app.importing.lists import FIRST, LATER, dated, dollars, loaded, offer, price_list, run
from policyengine.app.importing.importing import VERSIONS_MAX
from policyengine.app.importing.naming import Wanted
from policyengine.app.importing.records import LeftOut
from policyengine.app.layout import formatted
from policyengine.engine.commands import Usage
from policyengine.engine.rating import Price, rate
from policyengine.policy.load import load_policy
from policyengine.values.diagnostics import has_errors

ALPHA = offer("alpha", text_input="3", text_cached="0.3", text_output="15")
BETA = offer(
    "beta",
    (200_000, dollars(text_input="2", text_output="6", web_search="10")),
    text_input="1",
    text_output="5",
    web_search="10",
)


def test_a_new_policy_is_whole_in_house_style_and_prices_as_the_list_does() -> None:
    found = loaded(run(price_list(ALPHA, BETA), markup=Decimal(20)))
    assert not formatted(found.source.text.encode(), "v1.yaml").is_changed  # type: ignore[union-attr]
    assert found.policy is not None
    counts = {"text_input": 150_000, "text_cached": 50_001, "text_output": 1000, "web_search": 3}
    # Above 200,000, per million: 150,000 x 200 + 50,001 x 200 + 1,000 x 600; 3 x 1,000 per 1,000.
    # (30 + 10.0002 + 0.6 + 3) x 1.2 = 52.32024, rounded up to a ten-thousandth.
    assert rate(found.policy, Usage.of("beta", counts)) == Price(52_320_300, tier=0)


def test_what_a_model_does_not_search_with_costs_the_dearest_search() -> None:
    found = loaded(run(price_list(ALPHA, BETA)))
    assert found.policy is not None
    assert rate(found.policy, Usage.of("alpha", {"web_search": 2})) == Price(2_000_000)


def test_nothing_new_makes_no_version() -> None:
    first = loaded(run(price_list(ALPHA, BETA)))
    assert run(price_list(BETA, ALPHA), first, effective=LATER).files == ()


def test_a_change_appends_a_version_and_says_it_in_words() -> None:
    first = loaded(run(price_list(ALPHA, BETA)))
    dearer = offer("alpha", text_input="3.3", text_cached="0.3", text_output="12")
    new = offer("gamma", text_input="1", text_output="2")
    done = run(price_list(dearer, new), first, effective=LATER)
    assert [each.path for each in done.files] == [Path("shop/v2.yaml")]
    assert [f"{each.model}: {each.sentence}" for each in done.files[0].changes] == [
        "alpha: text_input 300 -> 330 per 1,000,000 (+10 %)",
        "alpha: text_output 1,500 -> 1,200 per 1,000,000 (-20 %)",
        "beta: the list has no price for it then; it stays as it is",
        "gamma: new",
    ]
    assert done.findings == ()


def test_a_model_that_is_gone_keeps_its_price() -> None:
    first = loaded(run(price_list(ALPHA, BETA)))
    done = run(price_list(offer("gamma", text_input="9", text_output="99")), first, effective=LATER)
    after = loaded(done)
    assert first.policy is not None
    assert after.policy is not None
    for model in ("alpha", "beta"):
        usage = Usage.of(model, {"text_input": 250_000, "text_cached": 7, "text_output": 999})
        assert rate(after.policy, usage) == rate(first.policy, usage)


def test_what_people_wrote_stays() -> None:
    text = loaded(run(price_list(ALPHA, BETA))).source.text
    mine = (
        text.replace("alpha: {multiplier: 1,", "alpha: {multiplier: 1.5, title: Best,")
        .replace("# lowest first: moving down", "# our order; moving down")
        .replace("models:\n", "models:\n  house: {multiplier: 0}\n", 1)
    )
    assert mine.count("house") == mine.count("Best") == mine.count("our order") == 1
    first = load_policy(mine, "shop/v1.yaml")
    assert first.diagnostics == ()
    dearer = offer("alpha", text_input="4", text_cached="0.3", text_output="15")
    after = loaded(run(price_list(dearer, BETA), first, markup=Decimal(20), effective=LATER))
    assert after.document is not None
    assert after.document.models["alpha"].multiplier == Decimal("1.5")
    assert after.document.models["alpha"].title == "Best"
    assert after.document.models["house"].multiplier == 0
    assert "# our order; moving down" in after.source.text


def test_sections_that_no_price_list_knows_stay_word_for_word() -> None:
    first = loaded(run(price_list(ALPHA, BETA))).source.text
    done = run(
        price_list(offer("alpha", text_input="4")),
        load_policy(first, "shop/v1.yaml"),
        effective=LATER,
    )
    start = first.index("charge:")
    assert done.files[0].text[done.files[0].text.index("charge:") :].startswith(first[start:])


def test_later_prices_of_the_list_become_versions_of_their_own() -> None:
    model = dated(
        "alpha",
        (None, dollars(text_input="1")),
        (date(2026, 10, 15), dollars(text_input="2")),
        (date(2026, 12, 1), dollars(text_input="3")),
    )
    done = run(price_list(model))
    assert [each.effective.isoformat() for each in done.files] == [
        "2026-10-01T00:00:00+00:00",
        "2026-10-15T00:00:00+00:00",
        "2026-12-01T00:00:00+00:00",
    ]
    assert [each.path.name for each in done.files] == ["v1.yaml", "v2.yaml", "v3.yaml"]
    assert done.findings == ()


def test_a_version_before_the_newest_one_is_a_finding() -> None:
    first = loaded(run(price_list(ALPHA), effective=LATER))
    done = run(price_list(offer("alpha", text_input="4")), first, effective=FIRST)
    assert has_errors(done.findings)


def test_a_unit_that_the_policy_counts_otherwise_is_refused() -> None:
    text = loaded(run(price_list(ALPHA))).source.text.replace("per: 1000000", "per: 1000")
    with pytest.raises(ValueError, match=r"the policy counts `text_input` in `tokens` as input"):
        run(price_list(BETA), load_policy(text, "shop/v1.yaml"), effective=LATER)


@pytest.mark.parametrize("price", ["0.03", "0.7"])
def test_an_exchange_rate_that_decimals_cannot_say_is_refused(price: str) -> None:
    with pytest.raises(ValueError, match="a dollar is no exact number of credits"):
        run(price_list(ALPHA), credit_price=Decimal(price))


def test_a_credit_that_costs_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="more than 0"):
        run(price_list(ALPHA), credit_price=Decimal(0))


def test_too_many_days_of_change_are_refused() -> None:
    days = [date.fromordinal(date(2027, 1, 1).toordinal() + n) for n in range(VERSIONS_MAX)]
    model = dated("delta", *((day, dollars(text_input=str(n + 1))) for n, day in enumerate(days)))
    with pytest.raises(ValueError, match="at most 100 versions"):
        run(price_list(ALPHA, model))


def test_filters_choose_by_provider_and_by_pattern() -> None:
    prices = price_list(ALPHA, BETA, left_out=(LeftOut("acme", "delta", "no", is_priced=True),))
    assert set(run(prices, wanted=Wanted(models=("al*",))).priced.models) == {"alpha"}
    nothing = run(prices, wanted=Wanted(providers=("other",)))
    assert (nothing.files, nothing.left_out) == ((), ())
