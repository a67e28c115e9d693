"""The four request shapes are read into the same parts, and nothing in them is passed over."""

import pytest

from policyengine.tokens.parts import (
    Frame,
    ImagePart,
    JsonPart,
    Part,
    RequestUncountableError,
    TextPart,
)
from policyengine.tokens.shapes import read_parts


def parts(request: dict[str, object]) -> list[Part]:
    return list(read_parts(request))


def user(*content: object) -> dict[str, object]:
    return {"messages": [{"role": "user", "content": list(content)}]}


def refusal(request: dict[str, object]) -> RequestUncountableError:
    with pytest.raises(RequestUncountableError) as refused:
        parts(request)
    return refused.value


def test_chat_completions_are_messages_of_text_and_image_parts() -> None:
    request: dict[str, object] = {
        "model": "gpt-4o",
        "temperature": 0,
        "messages": [
            {"role": "system", "content": "Be brief."},
            {
                "role": "user",
                "name": "ada",
                "content": [
                    {"type": "text", "text": "What is this?"},
                    {"type": "image_url", "image_url": {"url": "https://a.b/c", "detail": "low"}},
                    {"type": "image_url", "image_url": "data:image/png;base64,AAAA"},
                ],
            },
        ],
    }

    assert parts(request) == [
        Frame("/messages/0", named=False),
        TextPart("/messages/0/content", "Be brief."),
        Frame("/messages/1", named=True),
        TextPart("/messages/1/name", "ada"),
        TextPart("/messages/1/content/0", "What is this?"),
        ImagePart("/messages/1/content/1", "low", None, "https://a.b/c"),
        ImagePart("/messages/1/content/2", "auto", "AAAA", None),
    ]


def test_chat_calls_are_counted_without_their_identifiers() -> None:
    function = {"name": "find", "arguments": '{"q":1}'}
    request: dict[str, object] = {
        "messages": [
            {
                "role": "assistant",
                "content": None,
                "tool_calls": [{"id": "call_1", "type": "function", "function": function}],
            },
            {"role": "tool", "tool_call_id": "call_1", "content": "42"},
            {"role": "assistant", "function_call": function, "refusal": "No."},
        ],
        "tools": [{"type": "function", "function": {"name": "find"}}],
        "functions": [{"name": "find"}],
    }

    assert parts(request) == [
        Frame("/messages/0", named=False),
        JsonPart("/messages/0/tool_calls/0", {"function": function}),
        Frame("/messages/1", named=False),
        TextPart("/messages/1/content", "42"),
        Frame("/messages/2", named=False),
        JsonPart("/messages/2/function_call", function),
        TextPart("/messages/2/refusal", "No."),
        JsonPart("/tools/0", {"type": "function", "function": {"name": "find"}}),
        JsonPart("/functions/0", {"name": "find"}),
    ]


def test_responses_take_a_text_or_items_of_several_types() -> None:
    request: dict[str, object] = {
        "instructions": "Be brief.",
        "previous_response_id": None,
        "input": [
            {
                "role": "user",
                "content": [
                    {"type": "input_text", "text": "And this?"},
                    {"type": "input_image", "image_url": "https://a.b/c", "detail": "high"},
                    {"type": "input_image", "file_id": "file_1", "detail": None},
                ],
            },
            {"type": "reasoning", "id": "r", "summary": [{"type": "summary_text", "text": "Hm."}]},
            {"type": "function_call", "call_id": "c", "name": "find", "arguments": "{}"},
            {"type": "function_call_output", "call_id": "c", "output": "42"},
            {
                "type": "message",
                "role": "assistant",
                "content": [
                    {"type": "output_text", "text": "Yes."},
                    {"type": "refusal", "refusal": "No."},
                ],
            },
        ],
    }

    assert parts(request) == [
        TextPart("/instructions", "Be brief."),
        Frame("/input/0", named=False),
        TextPart("/input/0/content/0", "And this?"),
        ImagePart("/input/0/content/1", "high", None, "https://a.b/c"),
        ImagePart("/input/0/content/2", "auto", None, "file_1"),
        TextPart("/input/1/summary/0", "Hm."),
        JsonPart("/input/2", {"name": "find", "arguments": "{}"}),
        TextPart("/input/3/output", "42"),
        Frame("/input/4", named=False),
        TextPart("/input/4/content/0", "Yes."),
        TextPart("/input/4/content/1", "No."),
    ]
    assert parts({"input": "Hi"}) == [Frame("/input", named=False), TextPart("/input", "Hi")]


def test_anthropic_messages_have_a_system_and_blocks() -> None:
    request: dict[str, object] = {
        "system": [{"type": "text", "text": "Be brief.", "cache_control": {"type": "ephemeral"}}],
        "messages": [
            {
                "role": "user",
                "content": [
                    {"type": "image", "source": {"type": "base64", "data": "AAAA"}},
                    {"type": "image", "source": {"type": "url", "url": "https://a.b/c"}},
                    {"type": "image", "source": {"type": "file", "file_id": "file_1"}},
                ],
            },
            {
                "role": "assistant",
                "content": [
                    {"type": "thinking", "thinking": "Hm.", "signature": "s"},
                    {"type": "tool_use", "id": "t", "name": "find", "input": {"q": 1}},
                ],
            },
            {
                "role": "user",
                "content": [
                    {
                        "type": "tool_result",
                        "tool_use_id": "t",
                        "content": [
                            {"type": "text", "text": "42"},
                            {"type": "image", "source": {"type": "base64", "data": "BBBB"}},
                        ],
                    },
                    {"type": "tool_result", "tool_use_id": "u", "content": "43"},
                    {"type": "tool_result", "tool_use_id": "v"},
                ],
            },
        ],
    }

    assert parts(request) == [
        TextPart("/system/0", "Be brief."),
        Frame("/messages/0", named=False),
        ImagePart("/messages/0/content/0", "auto", "AAAA", None),
        ImagePart("/messages/0/content/1", "auto", None, "https://a.b/c"),
        ImagePart("/messages/0/content/2", "auto", None, "file_1"),
        Frame("/messages/1", named=False),
        TextPart("/messages/1/content/0", "Hm."),
        JsonPart("/messages/1/content/1", {"name": "find", "input": {"q": 1}}),
        Frame("/messages/2", named=False),
        TextPart("/messages/2/content/0/content/0", "42"),
        ImagePart("/messages/2/content/0/content/1", "auto", "BBBB", None),
        TextPart("/messages/2/content/1/content", "43"),
    ]


@pytest.mark.parametrize("request_", [{}, {"prompt": "Hi"}, {"messages": [], "input": []}])
def test_a_request_is_one_of_the_shapes_and_not_two(request_: dict[str, object]) -> None:
    refused = refusal(request_)

    assert (refused.code, refused.pointer) == ("unknown_shape", "")
    assert str(refused) == "the request: give one of `messages`, `input` or `contents`"


@pytest.mark.parametrize(
    "key", ["previous_response_id", "conversation", "prompt", "cachedContent", "cached_content"]
)
def test_content_that_the_provider_holds_is_never_passed_over(key: str) -> None:
    refused = refusal({"input": "Hi", key: "it-1"})

    assert (refused.code, refused.pointer) == ("content_elsewhere", f"/{key}")


def test_encrypted_reasoning_is_never_passed_over() -> None:
    refused = refusal({"input": [{"type": "reasoning", "encrypted_content": "xyz"}]})

    assert (refused.code, refused.pointer) == ("content_elsewhere", "/input/0/encrypted_content")


@pytest.mark.parametrize(
    ("request_", "pointer"),
    [
        (user({"type": "input_audio", "input_audio": {}}), "/messages/0/content/0"),
        (user({"type": "text", "text": "a"}, {"type": "document"}), "/messages/0/content/1"),
        (user({"text": "a"}), "/messages/0/content/0"),
        (user({"type": ["text"]}), "/messages/0/content/0"),
        (user({"type": "image", "source": {"type": "s3"}}), "/messages/0/content/0/source"),
        (
            user({"type": "tool_result", "content": [{"type": "tool_result"}]}),
            "/messages/0/content/0/content/0",
        ),
        ({"messages": [{"role": "user", "audio": {"id": "a"}}]}, "/messages/0/audio"),
        ({"input": [{"type": "computer_call"}]}, "/input/0"),
    ],
)
def test_an_unknown_part_is_refused_with_its_pointer(
    request_: dict[str, object], pointer: str
) -> None:
    refused = refusal(request_)

    assert (refused.code, refused.pointer) == ("unknown_part", pointer)


@pytest.mark.parametrize(
    ("request_", "pointer", "message"),
    [
        ({"messages": None}, "/messages", "a list belongs here, found nothing"),
        ({"messages": ["Hi"]}, "/messages/0", "an object belongs here, found `str`"),
        ({"messages": [{"content": "Hi"}]}, "/messages/0/role", "a text belongs here"),
        ({"messages": [{"role": "user", "content": 7}]}, "/messages/0/content", "found `int`"),
        ({"messages": [{"role": "user", "name": 7}]}, "/messages/0/name", "found `int`"),
        ({"messages": [{"role": "a", "tool_calls": [7]}]}, "/messages/0/tool_calls/0", "an object"),
        (user("Hi"), "/messages/0/content/0", "an object"),
        (user({"type": "text"}), "/messages/0/content/0/text", "a text"),
        (user({"type": "image_url"}), "/messages/0/content/0/image_url", "an object"),
        (
            user({"type": "image_url", "image_url": {}}),
            "/messages/0/content/0/image_url/url",
            "a text",
        ),
        (
            user({"type": "image_url", "image_url": {"url": "u", "detail": 1}}),
            "/messages/0/content/0/image_url/detail",
            "a text",
        ),
        (user({"type": "input_image"}), "/messages/0/content/0/file_id", "a text"),
        (user({"type": "image"}), "/messages/0/content/0/source", "an object"),
        ({"input": 7}, "/input", "a list"),
        ({"messages": [], "tools": {}}, "/tools", "a list"),
    ],
)
def test_a_part_that_is_not_as_its_api_has_it_is_refused_with_its_pointer(
    request_: dict[str, object], pointer: str, message: str
) -> None:
    refused = refusal(request_)

    assert (refused.code, refused.pointer) == ("bad_part", pointer)
    assert message in refused.message


@pytest.mark.parametrize("url", ["data:image/png,%89PNG", "data:image/png;base64", "DATA:"])
def test_a_data_url_without_base64_is_refused(url: str) -> None:
    refused = refusal(user({"type": "image_url", "image_url": {"url": url}}))

    assert refused.code == "bad_image"
    assert refused.pointer == "/messages/0/content/0/image_url/url"
