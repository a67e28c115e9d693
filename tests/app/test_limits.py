"""Limits through the library on a database: what is written is what memory decides, and sound."""

import threading
from pathlib import Path

import pytest

from policyengine.app.charge_request import ChargeRequest
from policyengine.app.engine import Engine
from policyengine.app.forms import balance_form, receipt_form
from policyengine.store.verify import verify
from policyengine.values.amounts import MICRO_PER_CREDIT
from policyengine.values.calendar import Instant, parse_instant

POLICIES = Path(__file__).parents[1] / "policies"


class Clock:
    """A clock that stands where a test puts it."""

    def __init__(self, text: str) -> None:
        self.at = parse_instant(text)

    def __call__(self) -> Instant:
        return self.at


def opened(name: str, clock: Clock, path: Path) -> Engine:
    return Engine.open(f"sqlite:///{path / 'l.db'}", POLICIES / name, clock=clock)


@pytest.fixture
def clock() -> Clock:
    return Clock("2026-02-01T00:00:00Z")


def assert_sound(engine: Engine) -> None:
    with engine.shell.store.reading() as session:
        report = verify(session)
    assert report.faults == ()


def test_overage_is_on_the_receipt_and_in_the_balance(clock: Clock, tmp_path: Path) -> None:
    with opened("overage", clock, tmp_path) as engine:
        engine.subscribe("ana", "pro")
        engine.set_overage("ana", True, limit=40, actor="ana").or_raise()
        receipt = engine.charge("ana", "standard", {"text": 120_000}, member="mia").or_raise()
        assert receipt.overage_micro == 20 * MICRO_PER_CREDIT
        form = receipt_form(receipt)
        assert form["member"] == "mia"
        assert form["overage"] == [{"how": "lent", "credits": "20", "money": "0.80 USD"}]
        overage = balance_form(engine.balance("ana"))["overage"]
        assert overage["limit"] == "40"
        assert overage["due"][0]["money"] == "0.80 USD"
        assert_sound(engine)


def test_a_fallback_is_on_the_receipt(clock: Clock, tmp_path: Path) -> None:
    with opened("fallback", clock, tmp_path) as engine:
        engine.subscribe("ana", "free")
        receipt = engine.charge("ana", "standard", {"text": 15_000}).or_raise()
        assert receipt.asked_model == "standard"
        assert receipt_form(receipt)["fell_back_from"] == "standard"
        with engine.hold("ana", model="standard", counts={"text": 4_000}) as held:
            captured = held.capture("standard", {"text": 4_000}).or_raise()
        assert captured.asked_model == "standard"
        assert engine.charge("ana", "lite", {"text": 0}).asked_model == ""
        assert_sound(engine)


def test_caps_count_each_member_across_restarts(clock: Clock, tmp_path: Path) -> None:
    with opened("caps", clock, tmp_path) as engine:
        engine.subscribe("team", "pro")
        requests = [
            ChargeRequest("team", "standard", {"text": 15_000}, f"k{n}", member=who, conversation=c)
            for n, (who, c) in enumerate([("mia", "a"), ("mia", "b"), ("mia", "c"), ("noa", "c")])
        ]
        receipts = engine.charge_many(requests)
        assert [each.is_accepted for each in receipts] == [True, True, False, True]
        engine.hold("team", credits_held=5, member="mia", conversation="d")
    with opened("caps", clock, tmp_path) as engine:
        caps = balance_form(engine.balance("team"))["caps"]
        mia = next(each for each in caps if each["name"] == "mia")
        assert (mia["used"], mia["held"], mia["left"]) == ("30", "5", "5")
        refusal = engine.charge("team", "standard", {"text": 6_000}, member="mia").refusal
        assert refusal is not None
        assert refusal.details["name"] == "mia"
        assert_sound(engine)


def test_a_backend_pays_a_top_up_that_a_receipt_asks_for(clock: Clock, tmp_path: Path) -> None:
    with opened("top_ups", clock, tmp_path) as engine:
        engine.subscribe("ana", "pro")
        engine.set_top_up("ana", True)
        low = engine.charge("ana", "standard", {"text": 95_000}, key="k").or_raise()
        assert low.top_up == low.id
        assert receipt_form(low)["top_up"] == {"id": low.id, "credits": "50", "pack": "pack_50"}
        again = engine.charge("ana", "standard", {"text": 95_000}, key="k")
        assert (again.is_replay, again.top_up) == (True, low.id)
        assert balance_form(engine.balance("ana"))["top_ups"]["pending"][0]["id"] == low.id
        paid = engine.top_up_paid(low.top_up, reference="pay_1").or_raise()
        assert paid.available_micro == 60 * MICRO_PER_CREDIT
        clock.at = parse_instant("2026-02-01T02:00:00Z")
        second = engine.charge("ana", "standard", {"text": 50_000}).or_raise()
        engine.top_up_failed(second.top_up).or_raise()
        clock.at = parse_instant("2026-02-02T00:00:00Z")
        refused = engine.charge("ana", "standard", {"text": 50_000})
        assert not refused.is_accepted
        assert engine.top_up_paid(refused.top_up).is_accepted
        assert engine.charge("ana", "standard", {"text": 1_000}).top_up == ""
        assert_sound(engine)


def test_an_amount_can_be_topped_up_without_a_pack(clock: Clock, tmp_path: Path) -> None:
    folder = tmp_path / "policies"
    folder.mkdir()
    text = (POLICIES / "top_ups" / "v1.yaml").read_text()
    (folder / "v1.yaml").write_text(
        text.replace("  pack: pack_50\n", "  up_to: 80\n  expires: never\n")
    )
    with Engine.open(f"sqlite:///{tmp_path / 'l.db'}", folder, clock=clock) as engine:
        engine.subscribe("ana", "pro")
        engine.set_top_up("ana", True)
        low = engine.charge("ana", "standard", {"text": 95_000}).or_raise()
        assert receipt_form(low)["top_up"] == {"id": low.id, "credits": "75"}
        assert engine.top_up_paid(low.top_up).available_micro == 80 * MICRO_PER_CREDIT
        assert [each["from"] for each in balance_form(engine.balance("ana"))["lots"]] == [
            "plan pro",
            "top-up",
        ]


def test_old_units_and_seats_have_verbs(clock: Clock, tmp_path: Path) -> None:
    with opened("top_ups", clock, tmp_path) as engine:
        engine.subscribe("acme", "team")
        engine.convert("acme", "messages", 20, reference="account-7").or_raise()
        assert engine.convert("acme", "messages", 20, reference="account-7").refusal is not None
        engine.set_seats("acme", 3, actor="admin").or_raise()
        form = balance_form(engine.balance("acme"))
        assert (form["available"], form["seats"]) == ("480", 3)
        engine.buy_pack("acme", "pack_50")
        sources = {each["from"] for each in balance_form(engine.balance("acme"))["lots"]}
        assert sources == {
            "plan team",
            "old units: messages",
            "pack pack_50",
            "bonus of pack pack_50",
        }
        assert_sound(engine)


def test_limits_that_were_altered_behind_the_ledgers_back_are_found(
    clock: Clock, tmp_path: Path
) -> None:
    with opened("caps", clock, tmp_path) as engine:
        engine.subscribe("team", "pro")
        engine.charge("team", "standard", {"text": 15_000}, member="mia", conversation="a")
        with engine.shell.store.writing() as session:
            connection = session.driver.connection
            connection.execute("DROP TRIGGER wallet_steps")
            connection.execute("UPDATE wallet SET limits = ''")
        with engine.shell.store.reading() as session:
            (fault,) = verify(session).faults
        assert fault.table == "wallet"
        assert "limits" in fault.sentence


def test_two_overdrafts_of_4000_at_once_stay_within_a_limit_of_5000(
    clock: Clock, tmp_path: Path
) -> None:
    gallery = POLICIES.parents[1] / "policies" / "openai_prepaid" / "v1.yaml"
    text = gallery.read_text().replace("debt: {limit: 20,", "debt: {limit: 5000,")
    (tmp_path / "v1.yaml").write_text(text.replace("in_debt: refuse_all", "in_debt: as_usual"))
    together = threading.Barrier(2)
    lent: list[int] = []

    with Engine.open(f"sqlite:///{tmp_path / 'l.db'}", tmp_path, clock=clock) as engine:
        engine.subscribe("ana", "prepaid")

        def overdraw() -> None:
            together.wait()
            receipt = engine.charge("ana", "large", {"output": 400_000_000}, after_request=True)
            lent.append(receipt.or_raise().charged_micro)

        threads = [threading.Thread(target=overdraw) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(lent) == [1000 * MICRO_PER_CREDIT, 4000 * MICRO_PER_CREDIT]
        assert engine.balance("ana").debt_micro == 5000 * MICRO_PER_CREDIT
        assert_sound(engine)
