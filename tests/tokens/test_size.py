"""Sizes are read from headers only, and what is no image is refused with what to do instead."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policyengine.tokens.size import (
    HEADER_BYTES_MAX,
    IMAGE_BYTES_MAX,
    SIDE_PX_MAX,
    ImageUnreadableError,
    Size,
    size_of,
)
from tokens import pictures

MAKERS: dict[str, Callable[[int, int], bytes]] = {
    "png": pictures.png,
    "jpeg": pictures.jpeg,
    "turned jpeg": pictures.jpeg_turned,
    "gif": pictures.gif,
    "lossy webp": pictures.webp_lossy,
    "lossless webp": pictures.webp_lossless,
    "extended webp": pictures.webp_extended,
    "bmp": pictures.bmp,
    "tiff": pictures.tiff,
    "big-endian tiff": lambda width, height: pictures.tiff(width, height, order=">"),
    "heic": pictures.heic,
}


@pytest.mark.parametrize("form", MAKERS)
@given(width=st.integers(1, 16_383), height=st.integers(1, 16_383))
def test_every_accepted_format_gives_its_stored_size(form: str, width: int, height: int) -> None:
    assert Size(width, height) == size_of(MAKERS[form](width, height))


def test_a_bitmap_stored_top_down_has_a_positive_height() -> None:
    assert Size(30, 20) == size_of(pictures.bmp(30, -20))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x89PNG",
        b"<svg xmlns='http://www.w3.org/2000/svg' width='10.5' height='20'></svg>",
        b"P6\n10 20\n255\n" + b"\x00" * 40,
        b"%PDF-1.7" + b"\x00" * 40,
        b"BMW is a maker of cars, and this is not a bitmap",
        pictures.bmp(10, 10, header_bytes=12),
        b"RIFF\x00\x00\x00\x00WAVEfmt " + b"\x00" * 40,
    ],
)
def test_what_is_not_an_accepted_image_is_refused_with_the_formats_and_the_remedy(
    data: bytes,
) -> None:
    with pytest.raises(ImageUnreadableError, match=r"not a PNG.*give its width and height"):
        size_of(data)


@pytest.mark.parametrize(
    "data",
    [
        pictures.png(0, 10),
        pictures.png(10, 2**31),
        pictures.png(10, SIDE_PX_MAX + 1),
        b"\x89PNG\r\n\x1a\n" + b"\x00" * 40,
        b"\xff\xd8\xff" + b"\x00" * 40,
        pictures.webp_lossy(20_000, 10),
        b"RIFF\x00\x00\x00\x00WEBPVP8 " + b"\x00" * 10,
        b"RIFF\x00\x00\x00\x00WEBPJUNK" + b"\x00" * 40,
        b"II*\x00" + b"\x00" * 40,
        b"\x00\x00\x00\x14ftypheic" + b"\x00" * 40,
    ],
)
def test_a_damaged_image_is_refused_by_its_format(data: bytes) -> None:
    with pytest.raises(ImageUnreadableError, match=r"has no readable size; give its width"):
        size_of(data)


def test_an_image_that_is_too_large_is_refused_before_it_is_read() -> None:
    with pytest.raises(ImageUnreadableError, match=f"{IMAGE_BYTES_MAX} are read"):
        size_of(bytes(IMAGE_BYTES_MAX + 1))


def test_a_size_beyond_the_header_bound_is_not_looked_for() -> None:
    filler = (b"\xff\xe2\xff\xff" + b"\x00" * 65_533) * (HEADER_BYTES_MAX // 65_537 + 1)

    with pytest.raises(ImageUnreadableError):
        size_of(pictures.jpeg(10, 10, before=filler))


@given(st.binary(max_size=200), st.sampled_from(sorted(MAKERS)), st.integers(0, 40))
def test_no_bytes_give_anything_but_a_size_or_the_one_refusal(
    junk: bytes, form: str, kept: int
) -> None:
    try:
        size = size_of(MAKERS[form](40, 30)[:kept] + junk)
    except ImageUnreadableError:
        return

    assert 1 <= size.width_px <= SIDE_PX_MAX
    assert 1 <= size.height_px <= SIDE_PX_MAX


@pytest.mark.parametrize("side", [0, -1, SIDE_PX_MAX + 1, 10.0, True, "10", None])
def test_a_size_has_whole_positive_sides_within_bounds(side: object) -> None:
    with pytest.raises(ValueError, match="is not the side of an image"):
        Size(side, 10)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="is not the side of an image"):
        Size(10, side)  # type: ignore[arg-type]
