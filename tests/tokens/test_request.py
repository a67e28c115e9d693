"""A whole request is counted part by part: the parts add up, and every fault has its pointer."""

import socket
from typing import NoReturn

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policyengine.tokens import request as request_module
from policyengine.tokens.parts import RequestUncountableError
from policyengine.tokens.presets import PRESETS
from policyengine.tokens.request import Counting, PartCount, RequestCount, count_request
from policyengine.tokens.text import UnknownEncodingError, count_text
from tokens import pictures

GPT = Counting(text="o200k_base", image=PRESETS["gpt-4o"])
PICTURE = pictures.data_url(pictures.png(1024, 1024))


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> NoReturn:
        raise AssertionError("a test of counting opened a socket")

    monkeypatch.setattr(socket, "socket", refuse)


def ask(*content: object) -> dict[str, object]:
    return {"messages": [{"role": "user", "content": list(content)}]}


def show(url: str, **more: str) -> dict[str, object]:
    return {"type": "image_url", "image_url": {"url": url, **more}}


def refusal(request: dict[str, object], counting: Counting = GPT) -> RequestUncountableError:
    with pytest.raises(RequestUncountableError) as refused:
        count_request(request, counting)
    return refused.value


def test_a_request_of_text_and_images_is_counted_part_by_part() -> None:
    request = ask(
        {"type": "text", "text": "hello world"}, show(PICTURE), show(PICTURE, detail="low")
    )

    counted = count_request(request, GPT)

    # 2 tokens of text; 1024 x 1024 is 4 tiles, 85 + 4 * 170; low is 85; 4 for the message, 3 more.
    assert counted == RequestCount(
        (
            PartCount("/messages/0", "overhead", 4),
            PartCount("/messages/0/content/0", "text", 2),
            PartCount("/messages/0/content/1", "image", 765),
            PartCount("/messages/0/content/2", "image", 85),
            PartCount("", "overhead", 3),
        )
    )
    assert (counted.text_tokens, counted.image_tokens, counted.overhead_tokens) == (2, 850, 7)
    assert counted.total == 859


def test_the_same_conversation_counts_alike_in_the_shapes_of_all_providers() -> None:
    data = pictures.encoded(pictures.jpeg(960, 540))
    image = {"type": "image", "source": {"type": "base64", "data": data}}
    inline = {"mimeType": "image/jpeg", "data": data}
    shown = {"type": "input_image", "image_url": f"data:image/jpeg;base64,{data}"}
    shapes: list[dict[str, object]] = [
        ask({"type": "text", "text": "Hi"}, show(f"data:image/jpeg;base64,{data}")),
        ask({"type": "text", "text": "Hi"}, image),
        {"input": [{"role": "user", "content": [{"type": "input_text", "text": "Hi"}, shown]}]},
        {"contents": [{"parts": [{"text": "Hi"}, {"inlineData": inline}]}]},
    ]
    counting = Counting(text="o200k_base", image=PRESETS["gemini-2"])

    totals = {count_request(shape, counting).total for shape in shapes}

    assert totals == {4 + 1 + 6 * 258 + 3}


def test_overhead_is_per_message_per_name_and_per_request() -> None:
    request = {
        "messages": [
            {"role": "system", "name": "ada", "content": "hello world"},
            {"role": "user", "content": "hello world"},
        ]
    }
    counting = Counting("cl100k_base", PRESETS["claude"], per_message=10, per_name=5, per_request=1)

    counted = count_request(request, counting)

    assert counted.overhead_tokens == 2 * 10 + 5 + 1
    assert counted.text_tokens == 2 + count_text("ada", "cl100k_base") + 2


def test_tools_and_calls_are_counted_as_their_compact_json() -> None:
    request = {**ask(), "tools": [{"name": "find", "unit": "°C", "limits": [1, 2]}]}

    counted = count_request(request, GPT)

    as_json = '{"name":"find","unit":"°C","limits":[1,2]}'
    assert PartCount("/tools/0", "text", count_text(as_json, "o200k_base")) in counted.parts


TEXTS = st.text(max_size=40).map(lambda text: {"type": "text", "text": text})
IMAGES = st.builds(
    lambda width, height, detail: show(
        pictures.data_url(pictures.png(width, height)), detail=detail
    ),
    st.integers(1, 3_000),
    st.integers(1, 3_000),
    st.sampled_from(["low", "high", "auto"]),
)
MESSAGES = st.lists(
    st.builds(
        lambda role, content: {"role": role, "content": content},
        st.sampled_from(["user", "assistant", "system"]),
        st.text(max_size=40) | st.lists(TEXTS | IMAGES, max_size=4),
    ),
    max_size=5,
)


@settings(deadline=None)
@given(messages=MESSAGES, preset=st.sampled_from(sorted(PRESETS)))
def test_the_parts_add_up_and_adding_a_message_adds_its_parts(
    messages: list[dict[str, object]], preset: str
) -> None:
    counting = Counting("o200k_base", PRESETS[preset])

    counted = count_request({"messages": messages}, counting)
    apart = [count_request({"messages": [message]}, counting) for message in messages]

    assert counted.total == sum(part.tokens for part in counted.parts)
    assert counted.total == (counted.text_tokens + counted.image_tokens + counted.overhead_tokens)
    assert counted.total == sum(each.total - 3 for each in apart) + 3
    assert len({part.pointer for part in counted.parts}) == len(counted.parts)


KEYS = (
    "role content type text image_url url source parts name "
    "inlineData tools tool_calls system output data detail"
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(KEYS.split()),
            inner | st.sampled_from(["text", "image", "image_url", "tool_result", "message"]),
            max_size=4,
        )
    ),
    max_leaves=20,
)


@settings(deadline=None)
@given(shape=st.sampled_from(["messages", "input", "contents"]), content=JSON, tools=JSON)
def test_whatever_a_request_holds_it_is_counted_or_refused_with_a_pointer(
    shape: str, content: object, tools: object
) -> None:
    try:
        counted = count_request({shape: content, "tools": tools}, GPT)
    except RequestUncountableError as refused:
        pointers = {refused.pointer}
    else:
        pointers = {part.pointer for part in counted.parts} - {""}
        assert counted.total >= GPT.per_request

    assert all(pointer.startswith("/") for pointer in pointers)


def test_a_remote_image_is_refused_unless_its_size_is_given() -> None:
    request = ask(show("https://pictures.example/cat.png"))

    refused = refusal(request)

    assert (refused.code, refused.pointer) == ("image_size_needed", "/messages/0/content/0")
    assert refused.message == (
        "`https://pictures.example/cat.png` is not in the request; "
        "give its width and height, or send the image as base64"
    )
    for key in ("https://pictures.example/cat.png", "/messages/0/content/0"):
        assert count_request(request, GPT, {key: (1024, 1024)}).image_tokens == 765


def test_a_given_size_stands_in_for_bytes_that_cannot_be_read() -> None:
    request = ask(show("data:image/svg+xml;base64,PHN2Zy8+"))

    assert refusal(request).code == "bad_image"
    sizes = {"/messages/0/content/0": (512, 512)}
    assert count_request(request, GPT, sizes).image_tokens == 85 + 170


@pytest.mark.parametrize("size", [(0, 10), (10, 10**9)])
def test_a_given_size_is_checked_like_one_that_is_read(size: tuple[int, int]) -> None:
    with pytest.raises(RequestUncountableError, match="is not the side of an image") as refused:
        count_request(ask(show("https://a.b/c")), GPT, {"https://a.b/c": size})

    assert (refused.value.code, refused.value.pointer) == ("bad_image", "/messages/0/content/0")


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("data:image/png;base64,@@@@", "the image's bytes are not base64"),
        ("data:image/png;base64,AAA", "the image's bytes are not base64"),
        ("data:image/png;base64,é", "the image's bytes are not base64"),
        ("data:image/png;base64,", "the bytes are not a PNG"),
        ("data:image/png;base64,aGVsbG8=", "the bytes are not a PNG"),
        (pictures.data_url(pictures.png(0, 0)), "the PNG image has no readable size"),
    ],
)
def test_bytes_that_are_no_image_are_refused_with_their_pointer(url: str, message: str) -> None:
    refused = refusal(ask(show(PICTURE), show(url)))

    assert (refused.code, refused.pointer) == ("bad_image", "/messages/0/content/1")
    assert refused.message.startswith(message)


@pytest.mark.parametrize(
    ("detail", "message"),
    [
        ("hgih", "unknown detail `hgih`; use one of auto"),
        ("original", "is not one of this model's"),
    ],
)
def test_a_detail_that_the_model_has_not_is_refused_with_its_pointer(
    detail: str, message: str
) -> None:
    refused = refusal(ask(show(PICTURE, detail=detail)))

    assert (refused.code, refused.pointer) == ("bad_detail", "/messages/0/content/0")
    assert message in refused.message


def test_an_image_that_the_provider_refuses_is_refused_with_its_pointer() -> None:
    large = pictures.data_url(pictures.png(9000, 9000))
    refused = refusal(ask(show(large)), Counting("o200k_base", PRESETS["gpt-5.6"]))

    assert (refused.code, refused.pointer) == ("bad_image", "/messages/0/content/0")


@pytest.mark.parametrize(
    ("bound", "content"),
    [
        ("PARTS_MAX", [{"type": "text", "text": "a"}] * 3),
        ("IMAGES_MAX", [show(PICTURE)] * 3),
        ("TEXT_CHARS_MAX", [{"type": "text", "text": "a"}] * 3),
        ("IMAGE_BYTES_MAX", [show(PICTURE)]),
    ],
)
def test_each_bound_is_kept_and_named(
    bound: str, content: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    count_request(ask(*content), GPT)
    monkeypatch.setattr(request_module, bound, 2)

    refused = refusal(ask(*content))

    assert refused.code == "too_large"
    assert refused.message.startswith(("more than 2 ", "the image has more than 2 bytes"))


def test_the_json_of_a_tool_is_bounded_in_depth_breadth_and_length(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    deep: list[object] = []
    for _ in range(10_000):
        deep = [deep]
    refused = refusal({**ask(), "tools": [deep]})
    assert (refused.code, refused.pointer) == ("too_large", "/tools/0")

    wide: list[object] = []
    for _ in range(40):  # a value that holds itself twice, forty times over
        wide = [wide, wide]
    assert refusal({**ask(), "tools": [wide]}).code == "too_large"

    monkeypatch.setattr(request_module, "TEXT_CHARS_MAX", 5)
    assert "characters as JSON" in refusal({**ask(), "tools": ["abcdef"]}).message


@pytest.mark.parametrize("value", [float("nan"), b"bytes", {"a", "b"}])
def test_a_value_that_is_not_json_is_refused_with_its_pointer(value: object) -> None:
    refused = refusal({**ask(), "tools": [{"default": value}]})

    assert (refused.code, refused.pointer) == ("bad_part", "/tools/0")


def test_an_unknown_encoding_is_refused_before_anything_is_counted() -> None:
    with pytest.raises(UnknownEncodingError, match="use o200k_base or cl100k_base"):
        Counting("gpt2", PRESETS["gpt-4o"])


def test_the_tokens_around_messages_cannot_be_negative() -> None:
    with pytest.raises(ValueError, match="cannot be fewer than 0"):
        Counting("o200k_base", PRESETS["gpt-4o"], per_message=-1)
