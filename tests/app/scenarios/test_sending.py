"""What an estimate of a scenario will send: counts, or a text and images that are counted."""

from dataclasses import replace

from app.scenarios.playing import messages_of, run, timeline
from policyengine.app.scenarios.sending import sent_counts
from policyengine.app.scenarios.verbs import EstimateVerb, ImageSent
from policyengine.ledger.transactions import Refusal

TEXT = "请问积分什么时候到期？"
TEXT_TOKENS = 7
SQUARE_TOKENS = 85 + 4 * 170


def sent(**parts: object) -> object:
    return sent_counts(timeline().policies[0], EstimateVerb.model_validate(parts))


def test_counts_are_sent_as_they_are() -> None:
    assert sent(model="standard", sent={"text_input": 5}) == {"text_input": 5}


def test_a_text_and_images_are_counted_as_the_policy_says() -> None:
    image = ImageSent(width=1024, height=1024)
    assert sent(model="standard", text=TEXT) == {"text_input": TEXT_TOKENS}
    assert sent(model="lite", text=TEXT, images=[image, image]) == {
        "text_input": TEXT_TOKENS,
        "image_input": 2 * SQUARE_TOKENS,
    }


def test_a_model_that_is_not_listed_is_refused() -> None:
    refusal = sent(model="large", text=TEXT)
    assert isinstance(refusal, Refusal)
    assert refusal.code == "unknown_model"


def test_a_policy_that_does_not_say_how_to_count_is_told() -> None:
    policy = timeline().policies[0]
    model = replace(policy.models["standard"], counted_as=None)
    silent = replace(policy, models={"standard": model})
    refusal = sent_counts(silent, EstimateVerb(model="standard", text=TEXT))
    assert isinstance(refusal, Refusal)
    assert refusal.code == "not_counted"
    assert "does not say how the tokens of `standard` are counted" in refusal.message


def test_an_estimate_of_a_text_is_compared_like_any_other() -> None:
    result = run(
        f"- estimate: {{model: standard, text: {TEXT}, output_tokens: 0}}\n"
        "  then: {estimated: {expected: 0.02}}"
    )
    assert messages_of(result) == ["`expected` is 0.01, the scenario expects 0.02"]
