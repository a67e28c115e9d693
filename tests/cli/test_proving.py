"""`prove`: what is printed for each kind of claim, data for machines, and wrong use."""

from pathlib import Path
from typing import Any

import pytest

from cli.terminal import Terminal

V1, V2 = "codeflicker/v1.yaml", "codeflicker/v2.yaml"


@pytest.fixture
def shop(empty: Terminal) -> Terminal:
    """A terminal beside both versions of the reference policy."""
    folder = Path(__file__).parents[2] / "policies"
    for name in (V1, V2, "openai_prepaid/v1.yaml"):
        (empty.folder / name).parent.mkdir(exist_ok=True)
        (empty.folder / name).write_bytes((folder / name).read_bytes())
    return empty


SCRIPTS = {
    "prices": f"""
prove {V2} --vs {V1} --that "price(new) <= price(old)"
prove {V2} --vs {V1} --that "price(new) >= price(old)" --model frontier
prove {V2} --that "price(new) <= 12000 or all_tokens > 1000000" --plan pro --up-to 1000000
""",
    "customers": f"""
prove {V2} --vs {V1} --that "no customer is worse off"
prove {V1} --vs {V2} --that "no customer is worse off" --plan pro
""",
    "balances": f"""
prove {V1} --that "balance >= 0"
prove openai_prepaid/v1.yaml --that "balance >= -20"
prove openai_prepaid/v1.yaml --that "balance >= -10"
""",
    "wrong use": f"""
prove nowhere.yaml --that "balance >= 0"
prove {V1} --that "price(new) <= price(old)"
prove {V1} --that "price(new) is low"
prove {V2} --vs {V1} --that "price(new) <= price(old)" --model gpt
prove {V1} --that "price(new) < 1" --plan gold
prove {V1} --that "price(new) < 1" --modifier batch
""",
}


@pytest.mark.parametrize("name", SCRIPTS)
def test_what_is_printed_is_what_was_agreed(shop: Terminal, transcript: Any, name: str) -> None:
    assert shop.play(SCRIPTS[name]) == transcript


def test_a_file_with_errors_is_told(shop: Terminal) -> None:
    (shop.folder / V1).write_text("format: 1\n")
    answer = shop.run(f'prove {V1} --that "balance >= 0"')
    assert (answer.code, "error[PE" in answer.out + answer.err) == (1, True)


def test_where_there_is_nothing_to_judge_nothing_is_known(shop: Terminal) -> None:
    text = (shop.folder / V1).read_text()
    modifier = "modifiers: {fast: {factor: 2, plans: [pro_plus]}}\nplans:"
    (shop.folder / V1).write_text(text.replace("plans:", modifier, 1))
    answer = shop.run(f'prove {V1} --that "price(new) < 1" --plan pro --modifier fast')
    assert (answer.code, "unknown" in answer.out, "no model" in answer.out) == (1, True, True)


def test_machines_read_every_part(shop: Terminal) -> None:
    form = shop.json(f'prove {V2} --vs {V1} --that "price(new) >= price(old)"')
    assert (form["answer"], form["up_to"]) == ("refuted", 10**9)
    assert [each["answer"] for each in form["parts"]] == ["proved", "proved", "refuted"]
    assert form["parts"][2]["example"]["is_smallest"]
    customers = shop.json(f'prove {V1} --vs {V2} --that "no customer is worse off"')
    assert customers["parts"][0]["story_new"][-1]["what"].endswith("insufficient_credits")
    balance = shop.json('prove openai_prepaid/v1.yaml --that "balance >= -10"')
    assert balance["parts"][0]["least"] == "-20"
    assert balance["parts"][0]["story"]
