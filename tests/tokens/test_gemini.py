"""Gemini's contents are read in both spellings of their keys, each image at its resolution."""

import pytest

from policyengine.tokens.gemini import gemini_parts
from policyengine.tokens.parts import (
    Frame,
    ImagePart,
    JsonPart,
    Part,
    RequestUncountableError,
    TextPart,
)


def parts(request: dict[str, object]) -> list[Part]:
    return list(gemini_parts(request))


def turn(*content: object) -> dict[str, object]:
    return {"contents": [{"role": "user", "parts": list(content)}]}


def test_contents_have_texts_images_and_calls_in_either_spelling() -> None:
    request: dict[str, object] = {
        "systemInstruction": {"parts": [{"text": "Be brief."}]},
        "contents": [
            {
                "role": "user",
                "parts": [
                    {"text": "What is this?"},
                    {"inlineData": {"mimeType": "image/png", "data": "AAAA"}},
                    {"inline_data": {"mime_type": "image/jpeg", "data": "BBBB"}},
                    {"file_data": {"mime_type": "image/png", "file_uri": "gs://a/b"}},
                ],
            },
            {
                "role": "model",
                "parts": [
                    {"text": "Hm.", "thought": True, "thoughtSignature": "s"},
                    {"functionCall": {"name": "find", "args": {"q": 1}, "id": "f"}},
                ],
            },
            {"role": "user", "parts": [{"function_response": {"name": "find", "response": {}}}]},
        ],
    }

    assert parts(request) == [
        TextPart("/systemInstruction/parts/0", "Be brief."),
        Frame("/contents/0", named=False),
        TextPart("/contents/0/parts/0", "What is this?"),
        ImagePart("/contents/0/parts/1", "auto", "AAAA", None),
        ImagePart("/contents/0/parts/2", "auto", "BBBB", None),
        ImagePart("/contents/0/parts/3", "auto", None, "gs://a/b"),
        Frame("/contents/1", named=False),
        TextPart("/contents/1/parts/0", "Hm."),
        JsonPart("/contents/1/parts/1", {"name": "find", "args": {"q": 1}}),
        Frame("/contents/2", named=False),
        JsonPart("/contents/2/parts/0", {"name": "find", "response": {}}),
    ]


def test_one_content_one_part_and_plain_texts_are_taken_too() -> None:
    assert parts({"system_instruction": "Be brief.", "contents": "Hi"}) == [
        TextPart("/system_instruction", "Be brief."),
        Frame("/contents", named=False),
        TextPart("/contents", "Hi"),
    ]
    assert parts({"contents": {"parts": {"text": "Hi"}}}) == [
        Frame("/contents", named=False),
        TextPart("/contents/parts/0", "Hi"),
    ]


def test_an_image_has_its_own_resolution_before_that_of_the_request() -> None:
    image = {"mimeType": "image/png", "data": "AAAA"}
    request = {
        **turn(
            {"inlineData": image},
            {"inlineData": image, "mediaResolution": {"level": "MEDIA_RESOLUTION_ULTRA_HIGH"}},
            {"inlineData": image, "media_resolution": "media_resolution_unspecified"},
        ),
        "generationConfig": {"mediaResolution": "MEDIA_RESOLUTION_LOW"},
    }

    details = [part.detail for part in parts(request) if isinstance(part, ImagePart)]

    assert details == ["low", "ultra_high", "low"]


@pytest.mark.parametrize(
    ("part", "code", "pointer"),
    [
        ({"inlineData": {"mimeType": "audio/mp3", "data": "A"}}, "unknown_part", ""),
        ({"videoMetadata": {}}, "unknown_part", ""),
        ({"text": "a", "inlineData": {}}, "unknown_part", ""),
        ({}, "unknown_part", ""),
        ({"text": 7}, "bad_part", "/text"),
        ({"inlineData": {}}, "bad_part", "/inlineData/mimeType"),
        ({"inlineData": {"mimeType": "image/png"}}, "bad_part", "/inlineData/data"),
        ({"fileData": {"mimeType": "image/png"}}, "bad_part", "/fileData/fileUri"),
    ],
)
def test_a_part_that_cannot_be_counted_is_refused_with_its_pointer(
    part: dict[str, object], code: str, pointer: str
) -> None:
    with pytest.raises(RequestUncountableError) as refused:
        parts(turn(part))

    assert (refused.value.code, refused.value.pointer) == (code, f"/contents/0/parts/0{pointer}")


def test_contents_without_parts_are_refused() -> None:
    with pytest.raises(RequestUncountableError, match="/contents/0/parts: a list belongs here"):
        parts({"contents": [{"role": "user"}]})
