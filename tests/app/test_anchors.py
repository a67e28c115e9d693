"""Anchors as files: what is written comes back, and whatever is altered is told."""

import hmac
import json
from base64 import b64encode
from pathlib import Path

import pytest

from app.shops import Shop
from policyengine.app import anchors
from policyengine.app.anchors import AnchorError, anchor_text, read_anchor_text
from policyengine.ledger.anchors import Anchor, Anchored, packed

KEY = bytes(range(32))
ANCHOR = Anchor(
    "0" * 32,
    1_768_000_000_000_000,
    2,
    7,
    1,
    b"p" * 32,
    b"r" * 32,
    (packed([Anchored(1, 3, b"mark"), Anchored(5, 4, b"more")]),),
)
SCHEMA = Path(__file__).parents[2] / "schemas" / "reports" / "anchor.schema.json"


def altered(text: str, **values: object) -> str:
    return json.dumps({**json.loads(text), **values})


@pytest.mark.parametrize("key", [None, KEY], ids=["unsigned", "signed"])
def test_an_anchor_comes_back_as_it_was(key: bytes | None) -> None:
    text = anchor_text(ANCHOR, key)
    assert read_anchor_text(text, key) == (ANCHOR, key is not None)
    assert read_anchor_text(text.encode()) == (ANCHOR, key is not None)


def test_an_engine_is_held_to_its_own_anchor(shop: Shop) -> None:
    shop.charge()
    text = anchor_text(shop.engine.anchor(), KEY)
    shop.charge()
    anchor, _ = read_anchor_text(text, KEY)
    assert (anchor.wallets, anchor.transactions, anchor.at) == (1, 2, shop.clock())
    assert shop.engine.verify(anchor=anchor).is_sound


def test_whatever_is_altered_of_a_signed_anchor_is_told() -> None:
    text = anchor_text(ANCHOR, KEY)
    plain = json.loads(text)
    other = b64encode(packed([Anchored(1, 3, b"mark"), Anchored(5, 4, b"worn")])).decode()
    changes: dict[str, object] = {
        "ledger": "1" * 32,
        "at": "2026-02-01T00:00:00Z",
        "wallets": 3,
        "transactions": 8,
        "policies": 2,
        "policies_head": "0" * 64,
        "root": "0" * 64,
        "blocks": [other],
        "signature": "0" * 64,
    }
    assert changes.keys() == plain.keys() - {"anchor", "version"}
    for name, value in changes.items():
        with pytest.raises(AnchorError, match="not signed with this key, or was altered"):
            read_anchor_text(altered(text, **{name: value}), KEY)


def test_an_anchor_by_another_key_or_by_none_is_told() -> None:
    with pytest.raises(AnchorError, match="not signed with this key"):
        read_anchor_text(anchor_text(ANCHOR, KEY[::-1]), KEY)
    with pytest.raises(AnchorError, match="not signed, so that anybody"):
        read_anchor_text(anchor_text(ANCHOR), KEY)


def test_a_key_that_could_be_guessed_is_refused() -> None:
    for key in (b"", b"fifteen letters"):
        with pytest.raises(ValueError, match="at least 16 bytes"):
            anchor_text(ANCHOR, key)
        with pytest.raises(ValueError, match="at least 16 bytes"):
            read_anchor_text(anchor_text(ANCHOR), key)


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"wallets": 3}, "do not list what it counts"),
        ({"transactions": 8}, "do not list what it counts"),
        ({"wallets": -1}, "`wallets` input should be greater"),
        ({"wallets": "2"}, "`wallets` input should be a valid integer"),
        ({"at": "yesterday"}, "yesterday"),
        ({"blocks": ["gA=="]}, "ends within a number"),
        ({"blocks": ["gA="]}, "no anchor"),
        ({"blocks": ["g*"]}, "`blocks` `0` string should match"),
        ({"root": "R" * 64}, "`root` string should match"),
        ({"version": 2}, "`version` input should be 1"),
        ({"more": 1}, "`more` extra inputs"),
    ],
)
def test_what_is_no_anchor_is_told_with_its_place(values: dict[str, object], why: str) -> None:
    with pytest.raises(AnchorError, match=why):
        read_anchor_text(altered(anchor_text(ANCHOR), **values))


def test_a_text_that_is_no_json_or_too_long_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(AnchorError, match="invalid json"):
        read_anchor_text("{")
    monkeypatch.setattr(anchors, "TEXT_MAX", 10)
    with pytest.raises(AnchorError, match="at most 10 bytes"):
        read_anchor_text(anchor_text(ANCHOR))


def test_the_signature_is_what_the_schema_says() -> None:
    """Anybody can check it with a few lines: HMAC over the other keys, sorted, without spaces."""
    plain = json.loads(anchor_text(ANCHOR, KEY))
    signature = plain.pop("signature")
    text = json.dumps(plain, sort_keys=True, separators=(",", ":"))
    assert signature == hmac.new(KEY, text.encode(), "sha256").hexdigest()
    described = json.loads(SCHEMA.read_text())["properties"]["signature"]["description"]
    assert described.startswith("HMAC-SHA256 over all other keys")
