"""Reading an image's width and height from its first bytes; no pixel is ever decoded."""

import io
from dataclasses import dataclass
from typing import Final

import imagesize

SIDE_PX_MAX: Final = 65_535
"""The longest side of an image that is counted: what JPEG and the largest of the APIs can hold."""

IMAGE_BYTES_MAX: Final = 64_000_000
"""The largest image whose size is read; no provider takes so much in one image."""

HEADER_BYTES_MAX: Final = 2_000_000
"""How far into a file the size is looked for; a file may hold any number of empty segments."""

_BYTES_MIN: Final = 26
_WEBP_SIDE_PX_MAX: Final = 16_384
_BMP_HEADER_BYTES: Final = (40, 52, 56, 64, 108, 124)
_MARKS: Final[tuple[tuple[str, int, bytes], ...]] = (
    ("PNG", 0, b"\x89PNG\r\n\x1a\n"),
    ("JPEG", 0, b"\xff\xd8\xff"),
    ("GIF", 0, b"GIF87a"),
    ("GIF", 0, b"GIF89a"),
    ("WebP", 8, b"WEBP"),
    ("BMP", 0, b"BM"),
    ("TIFF", 0, b"II*\x00"),
    ("TIFF", 0, b"MM\x00*"),
    ("HEIC", 4, b"ftyphei"),
    ("HEIC", 4, b"ftyphev"),
    ("HEIC", 4, b"ftypmif1"),
    ("HEIC", 4, b"ftypmsf1"),
)

_FORMATS: Final = "PNG, JPEG, GIF, WebP, BMP, TIFF or HEIC"
_REMEDY: Final = "give its width and height instead"


class ImageUnreadableError(ValueError):
    """The bytes are not an image whose size can be read; its width and height can be given."""


@dataclass(frozen=True, slots=True)
class Size:
    """An image's width and height in pixels, each in 1..`SIDE_PX_MAX`."""

    width_px: int
    height_px: int

    def __post_init__(self) -> None:
        for side in (self.width_px, self.height_px):
            if type(side) is not int or not 1 <= side <= SIDE_PX_MAX:
                raise ValueError(
                    f"`{side}` is not the side of an image; give pixels, 1 to {SIDE_PX_MAX}"
                )


def size_of(data: bytes) -> Size:
    """Read the size of an image from its bytes.

    Takes: a file in one of the formats that the providers accept, at most `IMAGE_BYTES_MAX`.
    Gives: the stored width and height; a rotation noted in the file is not applied, since every
        formula counts width and height alike.
    Raises: ImageUnreadableError.
    """
    if len(data) > IMAGE_BYTES_MAX:
        raise ImageUnreadableError(
            f"the image has {len(data)} bytes and {IMAGE_BYTES_MAX} are read; {_REMEDY}"
        )
    form = _form(data)
    if form is None:
        raise ImageUnreadableError(f"the bytes are not a {_FORMATS} image; {_REMEDY}")
    # TIFF keeps its directory anywhere in the file, in at most 65,535 entries. The other formats
    # are read from the front; the bound keeps a file of a million empty segments harmless.
    seen = data if form == "TIFF" else data[:HEADER_BYTES_MAX]
    # imagesize answers -1 for what it cannot read, and reads past the end as junk.
    width, height = imagesize.get(io.BytesIO(seen), exif_rotation=False)
    # A WebP frame keeps two scaling bits above its 14 bits of width; they are not part of it.
    side_px_max = _WEBP_SIDE_PX_MAX if form == "WebP" else SIDE_PX_MAX
    if not all(type(side) is int and 1 <= side <= side_px_max for side in (width, height)):
        raise ImageUnreadableError(f"the {form} image has no readable size; {_REMEDY}")
    return Size(width, height)


def _form(data: bytes) -> str | None:
    if len(data) < _BYTES_MIN:
        return None
    for form, at, mark in _MARKS:
        if data.startswith(mark, at):
            # Two letters are too little to tell a bitmap from a text that begins with `BM`.
            known = form != "BMP" or int.from_bytes(data[14:18], "little") in _BMP_HEADER_BYTES
            return form if known else None
    return None
