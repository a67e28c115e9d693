"""What the providers' own SDKs say usage looks like: read whole, and none of its figures unknown.

The SDKs are development dependencies, imported here only, when a test needs them. DeepSeek has no
SDK of its own and documents OpenAI's; docs/adapters.md says how DashScope and LiteLLM were checked.
"""

import json
from collections.abc import Iterator
from importlib import import_module
from typing import Any, get_args

from adapters.reported import COUNTED, Reported
from policyengine.adapters import anthropic, bedrock, deepseek, gemini, openai
from policyengine.adapters.bedrock import bedrock as count_bedrock
from policyengine.adapters.reading import Rows, Shape, UsageForm


def typed(package: str, *providers: str) -> list[tuple[Reported, Any]]:
    """Each usage of the providers that has a type of the package, with that type."""
    found = []
    for reported in COUNTED:
        module, _, name = (reported.sdk or "").rpartition(".")
        if reported.provider in providers and module.startswith(package):
            found.append((reported, getattr(import_module(module), name)))
    assert {reported.provider for reported, _ in found} == set(providers)
    return found


def check(package: str, *providers: str) -> None:
    """Every usage fits its type, which knows all its fields, and counts the same as an object."""
    for reported, model in typed(package, *providers):
        built = model.model_validate(reported.usage)
        assert unread(built) == [], reported
        assert reported.counted(built) == reported.counted(), reported


def unread(built: Any) -> list[str]:
    """Name what a model kept without knowing it, at any depth."""
    if isinstance(built, list):
        return [name for each in built for name in unread(each)]
    inner = [getattr(built, name) for name in getattr(type(built), "model_fields", {})]
    return [*(getattr(built, "model_extra", None) or {}), *unread(inner)] if inner else []


def figures_in(model: Any, prefix: str = "") -> Iterator[str]:
    """Find the path of every whole number that a model can hold."""
    for name, field in model.model_fields.items():
        inner = list(models_in(field.annotation))
        for each in inner:
            yield from figures_in(each, f"{prefix}{name}.")
        if not inner and int in (field.annotation, *get_args(field.annotation)):
            yield f"{prefix}{name}"


def models_in(annotation: Any) -> Iterator[Any]:
    """Find the models in an annotation, inside unions, lists and annotated types."""
    if hasattr(annotation, "model_fields"):
        yield annotation
    for inner in get_args(annotation):
        yield from models_in(inner)


def known_to(form: UsageForm) -> set[str]:
    """Give the path of every field that an adapter knows."""

    def paths(shape: Shape, prefix: str) -> Iterator[str]:
        for key, kind in shape.fields.items():
            if isinstance(kind, Shape | Rows):
                inner = kind.shape if isinstance(kind, Rows) else kind
                yield from paths(inner, f"{prefix}{key}.")
            else:
                yield f"{prefix}{key}"

    return set(paths(form.shape, ""))


def unknown(model: Any, form: UsageForm) -> set[str]:
    """Give the figures of an SDK's type that an adapter would refuse, were they not 0."""
    return set(figures_in(model)) - known_to(form)


def test_openai_reports_as_its_sdk_says() -> None:
    check("openai", "openai_chat", "openai_responses")
    types = import_module("openai.types")
    responses = import_module("openai.types.responses.response")
    assert unknown(types.CompletionUsage, openai.CHAT) == set()
    assert unknown(responses.ResponseUsage, openai.RESPONSES) == set()
    refused = unknown(responses.ToolUsage, openai.TOOLS)
    # Images made by a hosted tool are another model's usage.
    assert refused
    assert {path.partition(".")[0] for path in refused} == {"image_gen"}


def test_openais_sdk_keeps_what_others_add_to_its_usage() -> None:
    for reported, model in typed("openai", "deepseek", "dashscope"):
        assert reported.counted(model.model_validate(reported.usage)) == reported.counted()
    completion = import_module("openai.types").CompletionUsage
    assert {"prompt_tokens", "completion_tokens", "total_tokens"} <= set(
        figures_in(completion)
    ) & known_to(deepseek.FORM)


def test_anthropic_reports_as_its_sdk_says() -> None:
    check("anthropic", "anthropic")
    types = import_module("anthropic.types")
    beta = import_module("anthropic.types.beta")
    for model in (types.Usage, types.MessageDeltaUsage, beta.BetaUsage, beta.BetaMessageDeltaUsage):
        assert unknown(model, anthropic.FORM) == set()


def test_gemini_reports_as_its_sdk_says() -> None:
    check("google", "gemini")
    types = import_module("google.genai.types")
    for model in (types.GenerateContentResponseUsageMetadata, types.UsageMetadata):
        assert unknown(model, gemini.FORM) == set()


def test_bedrock_reports_as_its_service_model_says() -> None:
    session = import_module("botocore.session").get_session()
    converse = session.get_service_model("bedrock-runtime").operation_model("Converse")
    usage = converse.output_shape.members["usage"]
    details = usage.members["cacheDetails"].member
    written = {f"cacheDetails.{name}" for name in details.members}
    assert {*usage.members, *written} - {"cacheDetails"} <= known_to(bedrock.FORM)
    assert details.members["ttl"].enum == ["5m", "1h"]

    parser = import_module("botocore.parsers").create_parser("rest-json")
    for reported in (each for each in COUNTED if each.provider == "bedrock"):
        body = json.dumps({"usage": reported.usage}).encode()
        answer = {"status_code": 200, "headers": {}, "body": body}
        parsed = parser.parse(answer, converse.output_shape)["usage"]
        assert set(usage.required_members) <= set(parsed)
        assert count_bedrock(parsed) == reported.counted()
