"""One of several processes that send the same requests, each in an order of its own."""

import json
import sys
from pathlib import Path
from random import Random

from policyengine.app.engine import Engine
from policyengine.app.forms import transaction_form
from policyengine.app.receipts import Receipt

POLICIES = Path(__file__).parents[2] / "policies" / "codeflicker"


def send(engine: Engine, number: int) -> Receipt:
    """Send a request by its number: a grant, or a correction that is denied."""
    if number % 4:
        return engine.grant("ana", number, reason="a test", key=f"k{number}")
    return engine.adjust("ana", "-1000000", reason="a test", key=f"k{number}")


def main(url: str, requests: int, seed: int) -> None:
    """Send all requests, and print the answer to each as callers get it."""
    numbers = list(range(requests))
    Random(seed).shuffle(numbers)
    answers: dict[str, str] = {}
    with Engine.open(url, POLICIES) as engine:
        for number in numbers:
            transaction = send(engine, number).transaction
            answers[transaction.key] = json.dumps(transaction_form(transaction))
    sys.stdout.write(json.dumps(dict(sorted(answers.items()))))
