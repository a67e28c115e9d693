"""Receipts and refusals cross to other processes whole."""

import copy
import pickle

import pytest

from app.shops import Shop
from policyengine.app.receipts import Refused


def test_a_refusal_that_is_raised_crosses_to_another_process(shop: Shop) -> None:
    """A pool of processes breaks on an exception that cannot be made anew."""
    receipt = shop.engine.charge("ana", "none", {"text_input": 1}, key="k")
    with pytest.raises(Refused) as raised:
        receipt.or_raise()
    for copied in (pickle.loads(pickle.dumps(raised.value)), copy.copy(raised.value)):  # noqa: S301  # its own
        assert type(copied) is Refused
        assert (copied.code, copied.refusal) == ("unknown_model", receipt.refusal)
        assert str(copied) == str(raised.value)


def test_a_receipt_crosses_to_another_process(shop: Shop) -> None:
    for model in ("large", "none"):
        receipt = shop.engine.charge("ana", model, {"text_input": 1}, key=model)
        assert pickle.loads(pickle.dumps(receipt)) == receipt  # noqa: S301  # its own
