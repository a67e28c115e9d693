"""What machines read: JSON with stable keys, amounts as text, refusals with their numbers."""

import json
from pathlib import Path

import pytest

from cli.terminal import Terminal


@pytest.fixture
def ana(terminal: Terminal) -> Terminal:
    """A terminal whose ledger has the wallet `ana` on plan `plus`: 1,000 credits."""
    terminal.run("subscribe ana plus")
    return terminal


def test_a_charge_is_a_receipt_with_moves_and_balance(ana: Terminal) -> None:
    plain = ana.json("charge ana -m large -c text_input=1200 --conversation c-1 --key k1")
    del plain["policy"]["sha256"]
    assert plain == {
        "accepted": True,
        "replayed": False,
        "id": "ana:2",
        "kind": "charge",
        "wallet": "ana",
        "effective_at": "2026-02-01T09:00:00Z",
        "policy": {"name": "my_product", "version": 1},
        "key": "k1",
        "about": None,
        "conversation": "c-1",
        "operation": "",
        "actor": "",
        "reason": "",
        "refusal": None,
        "charge": {
            "model": "large",
            "counts": {"text_input": 1200},
            "outcome": "succeeded",
            "started_at": "2026-02-01T09:00:00Z",
            "rated_by_version": 1,
            "tier": None,
            "price": "0.48",
            "charged": "0.48",
            "estimate": None,
            "flags": [],
            "terms": None,
        },
        "moves": [{"lot": 1, "from": "available", "to": "consumed", "amount": "0.48"}],
        "available": "999.52",
        "debt": "0",
        "member": "",
        "fell_back_from": None,
        "overage": [],
        "top_up": None,
    }


def test_a_refusal_has_its_numbers_in_credits_and_the_ways_out(ana: Terminal) -> None:
    answer = ana.run("charge ana -m large -c text_input=3000000 --format json")
    refusal = json.loads(answer.out)["refusal"]
    assert answer.code == 1
    assert refusal["code"] == "insufficient_credits"
    # 3,000,000 x 100 / 1,000,000 x 8 = 2,400; 1,000 are there
    numbers = {key: refusal["details"][key] for key in ("needed", "available", "short", "debt")}
    assert numbers == {"needed": "2400", "available": "1000", "short": "1400", "debt": "0"}
    ways = {way["way"]: way for way in refusal["details"]["ways_out"]}
    assert ways["buy_pack"]["credits"] == "500"
    assert ways["wait"]["until"] == "2026-03-01T09:00:00Z"


def test_a_retry_is_marked_as_replayed(ana: Terminal) -> None:
    first = ana.json("charge ana -m small -c text_input=1200 --key k1")
    second = ana.json("charge ana -m small -c text_input=1200 --key k1")
    assert second == {**first, "replayed": True}


def test_a_balance_has_lots_in_burn_order_and_never_is_null(ana: Terminal) -> None:
    ana.run("grant ana 5")
    ana.run("buy ana extra_500")
    plain = ana.json("balance ana")
    assert plain["available"] == "1505"
    assert [(lot["from"], lot["expires_at"]) for lot in plain["lots"]] == [
        ("plan plus", "2026-03-01T09:00:00Z"),
        ("pack extra_500", "2027-02-01T09:00:00Z"),
        ("grant", None),
    ]
    assert plain["subscription"]["plan"] == "plus"


def test_history_pages_go_on_where_the_one_before_ended(ana: Terminal) -> None:
    for number in range(5):
        ana.run(f"charge ana -m small -c text_input=1200 --conversation c-{number}")
    first = ana.json("history ana --limit 2")
    assert [each["conversation"] for each in first["conversations"]] == ["c-4", "c-3"]
    second = ana.json(f"history ana --limit 2 --before {first['next']}")
    assert [each["conversation"] for each in second["conversations"]] == ["c-2", "c-1"]
    third = ana.json(f"history ana --limit 2 --before {second['next']}")
    assert [each["conversation"] for each in third["conversations"]] == ["c-0"]
    assert third["next"] is None


def test_the_entries_of_a_wallet_add_up_to_its_balance(ana: Terminal) -> None:
    ana.run("charge ana -m large -c text_input=1200 --conversation c-1")
    ana.run("hold ana --amount 7")
    ana.at = "2026-04-05T00:00:00Z"
    entries = ana.json("history ana --all")["entries"]
    total = sum(round(float(each["change"]) * 100) for each in entries)
    assert total == round(float(ana.json("balance ana")["available"]) * 100)
    assert [each["written"] for each in entries].count(False) == len(entries) - 3


def test_operations_have_their_transactions(ana: Terminal) -> None:
    ana.run("hold ana --amount 7 --conversation c-1 --operation op-1")
    ana.run("capture ana:2 -m small -c text_input=1200")
    plain = ana.json("history ana --conversation c-1")
    (operation,) = plain["operations"]
    assert (operation["operation"], operation["status"]) == ("op-1", "charged")
    assert [each["kind"] for each in operation["transactions"]] == ["hold", "capture"]
    assert plain["charged"] == "0.06"


def test_an_explanation_is_a_tree_with_places(ana: Terminal) -> None:
    ana.run("charge ana -m large -c text_input=1200")
    plain = ana.json("explain ana:2")
    (price,) = [each for each in plain["derivation"]["steps"] if each["label"] == "price"]
    multiplier = price["steps"][0]
    assert multiplier["value"] == "x 4"
    place = multiplier["place"]
    assert (place["policy"], place["version"]) == ("my_product", 1)
    line = Path(place["file"]).read_text().splitlines()[place["line"] - 1]
    assert line.strip() == "multiplier: 4"
    assert place["pointer"] == "/models/large/multiplier"


def test_an_estimate_says_low_expected_high_and_what_is_cheaper(ana: Terminal) -> None:
    plain = ana.json("estimate ana -m large --input 1200")
    # (1,200 x 100 + n x 500) / 1,000,000 x 4, n = 200, 800, 4,000; standard and small: x 1, x 0.5
    assert plain["price"] == {"low": "0.88", "expected": "2.08", "high": "8.48"}
    assert [each["price"]["expected"] for each in plain["cheaper"]] == ["0.52", "0.26"]
    assert plain["suffices"] is True


def test_a_model_list_has_exact_prices(ana: Terminal) -> None:
    plain = ana.json("models")
    small = plain["models"][0]
    assert (small["model"], small["multiplier"]) == ("small", "0.5")
    assert small["credits"]["text_cached"] == {"per": 1000000, "credits": "5.00"}


def test_faults_are_json_too(ana: Terminal) -> None:
    answer = ana.run("balance ben --format json")
    assert answer.code == 1
    assert json.loads(answer.out)["error"]["message"] == "there is no wallet `ben`"
    answer = ana.run("charge ana --format=json")
    assert answer.code == 2
    assert json.loads(answer.out)["error"]["help"] == "see `policyengine charge --help`"


def test_an_audit_a_sweep_and_a_settlement_are_json(ana: Terminal) -> None:
    assert ana.json("verify") == {
        "anchor": None,
        "sound": True,
        "wallets": 1,
        "transactions": 1,
        "moves": 1,
        "faults": [],
        "mended": [],
    }
    ana.at = "2026-03-01T09:00:00Z"
    assert ana.json("sweep") == {"settled": 1}
    assert ana.json("settle ana")["entries"] == []


def test_what_a_code_means_is_json(ana: Terminal) -> None:
    assert ana.json("explain-code PE110")["title"] == "an unknown key"


def test_scenarios_are_counted_for_machines(ana: Terminal) -> None:
    plain = json.loads(ana.run("test --format json").out)
    assert (plain["passed"], plain["failed"]) == (6, 0)


def test_a_case_names_its_charges_and_refunds(ana: Terminal) -> None:
    ana.run("charge ana -m large -c text_input=1200 --conversation c-1")
    plain = ana.json("report ana:2 --refund")
    assert (plain["verdict"], plain["refunded"], plain["refunds"]) == (
        "refunded",
        "0.48",
        ["ana:4"],
    )
    assert plain["charges"][0]["finding"] == "as_charged"
