"""Refusals in words: the engine's own sentences, in both languages, and their ways out."""

from typing import Any

import pytest

from policyengine.engine.refusals import CODES, insufficient_credits
from policyengine.wording.languages import CHINESE, ENGLISH
from policyengine.wording.refusing import cheaper_models, insufficient_words, way_words
from policyengine.wording.rendering import rendered
from wording.policies import policy_at

CREDIT = 1_000_000
WAYS: list[tuple[dict[str, Any], str, str]] = [
    (
        {"way": "buy_pack", "pack": "pack_500", "credits_micro": 500 * CREDIT},
        "buy pack_500: 500.00 credits",
        "购买 Pack 500：500.00 积分",
    ),
    (
        {"way": "upgrade", "plan": "pro_plus", "credits_micro": 6000 * CREDIT},
        "upgrade to pro_plus: 6,000.00 credits",
        "升级到 Pro Plus：6,000.00 积分",
    ),
    (
        {"way": "wait", "until": "2026-03-01T09:00:00Z", "credits_micro": CREDIT},
        "wait for the next cycle: 2026-03-01 09:00 UTC",
        "等待下一周期：2026-03-01 09:00 UTC",
    ),
    (
        {
            "way": "wait",
            "grant": "monthly",
            "until": "2026-03-01T09:00:00Z",
            "credits_micro": CREDIT,
        },
        "wait for 1.00 more of grant monthly: 2026-03-01 09:00 UTC",
        "等待额度 monthly 可再用 1.00：2026-03-01 09:00 UTC",
    ),
    (
        {"way": "allow_overage", "credits_micro": 50 * CREDIT, "price": "0.04 USD"},
        "allow overage: up to 50.00 at 0.04 USD",
        "允许超额使用：最多 50.00，单价 0.04 USD",
    ),
    ({"way": "use_model", "model": "lite"}, "use a cheaper model: lite", "改用更便宜的模型：lite"),
]


@pytest.mark.parametrize(("way", "english", "chinese"), WAYS, ids=lambda each: str(each)[:20])
def test_a_way_out_is_said_with_names_or_with_titles(
    way: dict[str, Any], english: str, chinese: str
) -> None:
    assert rendered(way_words(way), ENGLISH) == english
    policy = policy_at("policies/codeflicker/v1.yaml")
    assert rendered(way_words(way, policy), CHINESE) == chinese


def test_cheaper_models_are_listed() -> None:
    said = rendered(cheaper_models(["lite", "standard"]), ENGLISH)
    assert said == "use a cheaper model: lite, standard"


@pytest.mark.parametrize(
    ("lots", "overage", "english", "chinese"),
    [
        (
            2,
            0,
            "needs 4.50, 3.20 available in 2 lots, 1.30 short",
            "需要 4.50，可用 3.20（2 笔），还差 1.30",
        ),
        (
            1,
            CREDIT,
            "needs 4.50, 3.20 available in 1 lot, 1.00 of it as overage, 1.30 short",
            "需要 4.50，可用 3.20（1 笔），其中超额使用 1.00，还差 1.30",
        ),
        (0, 0, "needs 4.50, 3.20 available, 1.30 short", "需要 4.50，可用 3.20，还差 1.30"),
    ],
)
def test_a_refusal_of_the_engine_is_the_sentence_of_the_catalogue(
    lots: int, overage: int, english: str, chinese: str
) -> None:
    needed, available = 4_500_000, 3_200_000
    words = insufficient_words(needed, available, lots, overage)
    assert rendered(words, ENGLISH) == english
    assert rendered(words, CHINESE) == chinese
    assert insufficient_credits(needed, available, lots, 0, [], overage).message == english


def test_every_code_has_a_meaning_in_both_languages() -> None:
    assert [f"meaning.{code}" for code in CODES if f"meaning.{code}" not in CHINESE.texts] == []
    assert all(CODES[code] == ENGLISH.texts[f"meaning.{code}"] for code in CODES)
