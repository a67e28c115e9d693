"""Expressions in words: each sign, name and number, in both languages."""

from typing import Final

import pytest

from policyengine.policy.document.policy import PolicyDocument
from policyengine.wording.formulas import abnormal_phrase, condition_phrase, formula_phrase
from policyengine.wording.languages import CHINESE, ENGLISH
from policyengine.wording.rendering import written
from wording.policies import policy_at
from wording.test_languages import keys_in

CONDITIONS: Final = [
    (
        "all_input > 200000",
        "what is sent is more than 200,000 tokens",
        "输入总量超过 200,000 Token",
    ),
    (
        "3 <= text_input < 10",
        "3 tokens is at most input text and input text is less than 10 tokens",
        "3 Token 不超过输入文本且输入文本少于 10 Token",
    ),
    (
        "all_tokens - text_cached >= 5 or not all_output == 7",
        "(the number of tokens − cached text) is at least 5 or not what comes back = 7 tokens",
        "（Token 总数 − 缓存文本）不少于 5 或并非输出总量等于 7 Token",
    ),
    (
        "(text_input + 2 * image_input) / 4 != 1 and text_output > 3",
        "(input text + 2 × input images) ÷ 4 ≠ 1 and output text is more than 3 tokens",
        "（输入文本 + 2 × 输入图像） ÷ 4 不等于 1 且输出文本超过 3 Token",
    ),
    (
        "max(text_input, image_input) > min(text_output, -1)",
        "the most of (input text, input images) is more than the least of (output text, −1)",
        "（输入文本、输入图像）中的最大值超过（输出文本、−1）中的最小值",
    ),
    (
        "ceil(text_input, 1000) > floor(text_output, 500)",
        "input text (rounded up to 1,000s) is more than output text (rounded down to 500s)",
        "输入文本（向上取整到 1,000 的整数倍）超过输出文本（向下取整到 500 的整数倍）",
    ),
    (
        "(text_input if text_output > 3 else image_input) > 9",
        "(input text if output text is more than 3 tokens, otherwise input images) is more than 9",
        "（输入文本（若输出文本超过 3 Token），否则为输入图像）超过 9",
    ),
]


@pytest.fixture
def document() -> PolicyDocument:
    return policy_at("policies/codeflicker/v1.yaml").document


@pytest.mark.parametrize(("text", "english", "chinese"), CONDITIONS, ids=lambda each: each[:20])
def test_a_condition_is_said_in_words(
    document: PolicyDocument, text: str, english: str, chinese: str
) -> None:
    phrase = condition_phrase(document, text)
    assert written(phrase, ENGLISH) == english
    assert written(phrase, CHINESE) == chinese


def test_a_formula_is_said_in_words(document: PolicyDocument) -> None:
    phrase = formula_phrase(document)
    assert written(phrase, ENGLISH) == "its tokens at their rates × the multiplier of its model"
    assert written(phrase, CHINESE) == "Token 按费率计价 × 模型倍率"


def test_abnormal_use_is_said_in_words() -> None:
    phrase = abnormal_phrase("charge > 10 * usual_charge")
    assert written(phrase, ENGLISH) == "the charge is more than 10 × the wallet's usual charge"


def test_every_text_about_expressions_is_used(document: PolicyDocument) -> None:
    phrases = [condition_phrase(document, text) for text, _, _ in CONDITIONS]
    phrases += [formula_phrase(document), abnormal_phrase("charge > 10 * usual_charge")]
    known = {key for key in ENGLISH.texts if key.startswith("formula.")}
    assert known == {key for key in keys_in(phrases) if key.startswith("formula.")}


def test_an_expression_that_does_not_read_was_not_checked(document: PolicyDocument) -> None:
    with pytest.raises(ValueError, match="was not checked"):
        condition_phrase(document, "all_input >")
