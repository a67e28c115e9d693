"""`estimate`: what a request will cost before it runs, and how good estimates have been."""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, TypedDict

import typer

from policyengine.cli.call import Call, with_call
from policyengine.cli.faults import FINDINGS, OK, WrongUse
from policyengine.cli.options import Counts, ModifierNames, counts_of, modifiers_of

if TYPE_CHECKING:
    from policyengine.app.engine import Engine

FILE_BYTES_MAX: Final = 64_000_000
"""The largest request or text that is read: images within it are base64."""


@with_call()
def estimate(  # noqa: PLR0917  # typer passes each by its name
    call: Call,
    wallet: Annotated[
        str | None, typer.Argument(metavar="WALLET", help="The wallet that would pay.")
    ] = None,
    model: Annotated[
        str | None,
        typer.Option("--model", "-m", metavar="MODEL", help="The model, as the policy lists it."),
    ] = None,
    text: Annotated[
        str | None,
        typer.Option("--text", metavar="FILE", help="What is sent, as a text file; `-` reads it."),
    ] = None,
    request: Annotated[
        str | None,
        typer.Option(
            "--request",
            metavar="FILE",
            help="What is sent, as the JSON of a provider's API, with images.",
        ),
    ] = None,
    sent: Annotated[
        int | None, typer.Option("--input", metavar="N", min=0, help="How many tokens are sent.")
    ] = None,
    count: Counts = None,
    modifier: ModifierNames = None,
    output_tokens: Annotated[
        int | None,
        typer.Option("--output-tokens", metavar="N", min=0, help="How long the answer will be."),
    ] = None,
    calibration: Annotated[
        bool,
        typer.Option("--calibration", help="How good estimates have been, of one wallet or all."),
    ] = False,
) -> int:
    """Say what a request will cost, who would pay, and what is missing; nothing is written.

    Without --output-tokens the answer's length comes from the wallet's history with the model,
    from the model's, or from the policy's assumption.

    Example: policyengine estimate ana --model frontier --input 1200
    """
    if calibration:
        return _calibration(call, wallet)
    if wallet is None or model is None:
        example = "write `policyengine estimate ana --model standard`"
        raise WrongUse("say which wallet and which model", example)
    if sum(each is not None for each in (text, request, sent, count)) != 1:
        raise WrongUse(
            "say what is sent, in one way", "choose --text, --request, --input or --count"
        )
    with call.engine() as engine:
        content = _Content(
            None if text is None else _read(text).decode("utf-8", "replace"),
            None if request is None else _request(request),
            sent,
            counts_of(count),
        )
        more = _More(output_tokens=output_tokens, modifiers=modifiers_of(modifier))
        return _answer(call, engine, wallet, model, content, more)


class _More(TypedDict):
    """What else is known of a request."""

    output_tokens: int | None
    modifiers: tuple[str, ...]


class _Content:
    """What is sent: a text, a request, a number of tokens, or counts."""

    def __init__(
        self,
        text: str | None,
        request: Mapping[str, object] | None,
        sent: int | None,
        counts: dict[str, int],
    ) -> None:
        self.text = text
        self.request = request
        self.sent = sent
        self.counts = counts

    def counts_for(self, policy: Any, model: str) -> dict[str, int]:
        """Count it as a model does."""
        if self.text is None and self.request is None and self.sent is None:
            return self.counts
        from policyengine.app.counting import request_counts, text_counts, text_unit

        if self.text is not None:
            return text_counts(policy, model, self.text)
        if self.request is not None:
            return request_counts(policy, model, self.request)
        return {text_unit(policy): self.sent or 0}


def _answer(
    call: Call,
    engine: "Engine",
    wallet: str,
    model: str,
    content: _Content,
    more: _More,
) -> int:
    from policyengine.app.forms import estimate_form, refusal_form
    from policyengine.cli import estimate_view
    from policyengine.engine.refusals import unknown_model
    from policyengine.ledger.transactions import Refusal

    policy = engine.policy_of(wallet)
    counted = model if model in policy.models else policy.unknown_as
    if counted is not None:
        counts = content.counts_for(policy, counted)
        found = engine.estimate(wallet, model, counts, **more)
    else:
        counts, found = {}, unknown_model(policy, model)
    balance = engine.balance(wallet)
    if isinstance(found, Refusal):
        refusal = found
        call.answer(
            lambda: estimate_view.refused_parts(refusal, balance.as_of),
            lambda: {"refusal": refusal_form(refusal)},
        )
        return FINDINGS
    others = {}
    for other in policy.models:
        if other != model:
            other_counts = content.counts_for(policy, other)
            others[other] = engine.estimate(wallet, other, other_counts, **more)
    answer = found
    cheaper = estimate_view.cheaper_than(answer, others)
    call.answer(
        lambda: estimate_view.estimate_parts(answer, counts, balance, cheaper),
        lambda: {
            "wallet": wallet,
            **estimate_form(answer, counts),
            "cheaper": [estimate_form(each, {}) for each in cheaper],
        },
    )
    return OK if answer.suffices else FINDINGS


def _calibration(call: Call, wallet: str | None) -> int:
    from policyengine.cli.estimate_view import calibration_form, calibration_parts

    with call.engine() as engine:
        found = engine.calibration(wallet)
    call.answer(lambda: calibration_parts(found), lambda: calibration_form(found))
    return OK


def _read(name: str) -> bytes:
    if name == "-":
        data = sys.stdin.buffer.read(FILE_BYTES_MAX + 1)
    else:
        with Path(name).open("rb") as file:
            data = file.read(FILE_BYTES_MAX + 1)
    if len(data) > FILE_BYTES_MAX:
        raise WrongUse(f"`{name}` is larger than {FILE_BYTES_MAX:,} bytes", "send less at once")
    return data


def _request(name: str) -> dict[str, object]:
    try:
        plain = json.loads(_read(name))
    except (ValueError, RecursionError) as error:
        raise WrongUse(f"`{name}` is not JSON: {error}", "check the file") from error
    if not isinstance(plain, dict):
        raise WrongUse(f"`{name}` is not a request", "write the JSON object that the API takes")
    return plain
