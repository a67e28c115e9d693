"""The mappings that come with the reference policy: what each makes of rows like the source's."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from app.replay.replays import ROOT, in_memory, policies
from policyengine.app.replay.mapping.load import load_mapping
from policyengine.app.replay.mapping.schema import mapping_schema
from policyengine.app.replay.mapping.suiting import check_suits
from policyengine.app.replay.totals import Totals
from policyengine.ledger.changes import Charged
from policyengine.ledger.transactions import Transaction, change_of
from policyengine.values.calendar import instant_text

FOLDER = ROOT / "policies" / "codeflicker" / "mappings"
MAPPINGS = sorted(FOLDER.glob("*.yaml"))


def charged(tmp_path: Path, name: str, lines: Sequence[str]) -> tuple[Totals, list[Transaction]]:
    """Replay lines of CSV by a packaged mapping; gives the charges by time and wallet."""
    file = tmp_path / "usage.csv"
    file.write_text("\n".join(lines) + "\n")
    totals, ledger = in_memory(file, (FOLDER / f"{name}.yaml").read_text())
    assert totals.first_bad == []
    found = [
        each
        for transactions in ledger.transactions.values()
        for each in transactions
        if each.kind == "charge" and each.refusal is None
    ]
    return totals, sorted(found, key=lambda each: (each.effective_at, each.wallet_id))


def usage_of(transaction: Transaction) -> tuple[str, str, dict[str, int], int]:
    charge: Charged = change_of(transaction, Charged)
    return transaction.wallet_id, charge.model, dict(charge.counts), charge.price_micro


@pytest.mark.parametrize("path", MAPPINGS, ids=lambda each: each.stem)
def test_a_packaged_mapping_is_named_after_its_file_and_suits_the_policy(path: Path) -> None:
    loaded = load_mapping(path.read_bytes(), path.name)
    assert loaded.document is not None, loaded.report()
    assert loaded.document.mapping == path.stem
    assert check_suits(loaded.source, loaded.document, policies().timelines) == ()
    Draft202012Validator(mapping_schema()).validate(loaded.source.plain)
    first = path.read_text().splitlines()[0]
    assert first == "# yaml-language-server: $schema=../../../schemas/mapping.schema.json"


def test_of_a_coding_session_the_known_prefix_is_cached_and_the_rest_is_input(
    tmp_path: Path,
) -> None:
    totals, charges = charged(
        tmp_path,
        "claude_code",
        [
            "session,agent,agent_start,t,model,in,out,derived_prefix_blocks",
            "s1,main,,19.5,claude-sonnet-4-20250514,1000,40,10",
            "s1,sub-1,18.25,1,claude-haiku-4-5-20251001,100,0,5",
            "s2,main,,0,claude-opus-4-6,200001,10,0",
            "s2,main,,5,gpt-4o,1,1,0",
            "s2,main,,6,claude-opus-4-6,0,0,0",
        ],
    )
    assert [usage_of(each) for each in charges] == [
        # (200,001 x 100 + 10 x 500) x 12 above the threshold of the tier, up to 0.01 credits
        ("cc-s2", "frontier", {"text_input": 200_001, "text_output": 10}, 240_070_000),
        # 64 x 5 is more than the whole prompt: 100 x 10 x 1/2, at least 0.01 credits
        ("cc-s1", "lite", {"text_cached": 100}, 10_000),
        # 640 x 10 + 360 x 100 + 40 x 500 = 62,400, up to 0.01 credits
        ("cc-s1", "standard", {"text_cached": 640, "text_input": 360, "text_output": 40}, 70_000),
    ]
    assert [instant_text(each.effective_at)[11:] for each in charges] == [
        "00:00:00Z",
        "00:00:19.250000Z",
        "00:00:19.500000Z",
    ]
    assert [each.operation_id for each in charges] == ["main", "sub-1", "main"]
    assert {"the table has no such model", "all counts are 0"} == set(totals.skipped)


def test_of_a_coding_assistant_the_dirt_is_counted_and_named(tmp_path: Path) -> None:
    totals, charges = charged(
        tmp_path,
        "aider",
        [
            "time,user_id,main_model,prompt_tokens,completion_tokens,cost",
            "1723560043,,gpt-4o-mini,638,25,0.0001107",
            "1723560044,u1,gemini/gemini-2.5-pro,100,10,9990.01252875",
            "1723560044,u1,gemini/gemini-2.5-pro,100,10,9990.01252875",
            "1723560045,u1,openrouter/REDACTED,5,5,0",
            "1723560046,u1,None,5,5,0",
            "1723560047,u1,o3,0,0,0",
            "1723560048,u1,openai/gpt-5.2,10,10,0.5",
        ],
    )
    assert [usage_of(each)[:2] for each in charges] == [
        ("aider-nobody", "lite"),
        ("aider-u1", "standard"),
        ("aider-u1", "frontier"),
    ]
    assert instant_text(charges[0].effective_at) == "2026-02-01T00:00:00Z"
    assert instant_text(charges[2].effective_at) == "2026-02-01T00:00:05Z"
    assert {reason: each.total() for reason, each in totals.skipped.items()} == {
        "the source hides the model's name": 1,
        "no model was recorded": 1,
        "all counts are 0": 1,
    }
    assert totals.repeated == 1
    assert str(totals.source_cost) == "0.5001107"
    assert (str(totals.source_cost_apart), totals.source_rows_apart) == ("9990.01252875", 1)


def test_of_api_requests_reasoning_is_not_added_to_the_output(tmp_path: Path) -> None:
    _, charges = charged(
        tmp_path,
        "servegen_requests",
        [
            "t,model,client_id,input_tokens,output_tokens,reason_tokens,image_count,image_tokens",
            "1.458,mm-image,11,474,183,,1,720",
            "3.235,deepseek-r1,3,7099,1401,1004,,",
            "4.41,m-large,3,77,410,,,",
        ],
    )
    assert [usage_of(each) for each in charges] == [
        # 474 x 100 + 720 x 150 + 183 x 500 = 246,900
        (
            "sg-mm-image.11",
            "standard",
            {"text_input": 474, "image_input": 720, "text_output": 183},
            250_000,
        ),
        # (7,099 x 100 + 1,401 x 500) x 6 = 8,462,400
        ("sg-deepseek-r1.3", "frontier", {"text_input": 7099, "text_output": 1401}, 8_470_000),
        # 77 x 100 + 410 x 500 = 212,700
        ("sg-m-large.3", "standard", {"text_input": 77, "text_output": 410}, 220_000),
    ]


def test_of_api_windows_means_times_requests_are_charged_as_one_row(tmp_path: Path) -> None:
    totals, charges = charged(
        tmp_path,
        "servegen_windows",
        [
            "model,client_id,t,requests,in_mean,out_mean,image_count_mean,image_tokens_mean",
            "m-mid,7,600,51,263.864,1398.525,,",
            "mm-image,7,0,4,10.125,1,1.5,100.3",
            "m-large,1,1200,100,,,,",
        ],
    )
    assert [usage_of(each) for each in charges] == [
        # 40.5 tokens become 41; 4 x 1.5 x 100.3 = 601.8 become 602: 96,400 micro-credits
        (
            "sg-mm-image.7",
            "standard",
            {"text_input": 41, "image_input": 602, "text_output": 4},
            100_000,
        ),
        # 13,457.064 and 71,324.775 tokens: (13,457 x 100 + 71,325 x 500) / 2 = 18,504,100
        ("sg-m-mid.7", "lite", {"text_input": 13_457, "text_output": 71_325}, 18_510_000),
    ]
    assert totals.accepted.requests == 55
    assert totals.skipped == {"`prompt_mean` is blank": {"": 1}}
