"""Images of any size by their headers alone: nothing behind the header is ever read."""

import base64
import struct
import zlib


def png(width: int, height: int) -> bytes:
    body = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunk = struct.pack(">I", 13) + body + struct.pack(">I", zlib.crc32(body))
    return b"\x89PNG\r\n\x1a\n" + chunk + struct.pack(">I", 0) + b"IEND\xaeB`\x82"


def jpeg(width: int, height: int, *, before: bytes = b"") -> bytes:
    application = b"\xff\xe0" + struct.pack(">H", 16) + b"JFIF\x00\x01\x01" + b"\x00" * 7
    frame = b"\xff\xc0" + struct.pack(">HBHHB", 17, 8, height, width, 3) + b"\x01\x22\x00" * 3
    return b"\xff\xd8" + application + before + frame + b"\xff\xd9"


def jpeg_turned(width: int, height: int) -> bytes:
    """Store `width` x `height` with a note that it is to be shown turned by a quarter."""
    entry = struct.pack(">HHIHH", 0x0112, 3, 1, 6, 0)
    exif = b"Exif\x00\x00MM\x00*" + struct.pack(">IH", 8, 1) + entry + struct.pack(">I", 0)
    return jpeg(width, height, before=b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif)


def gif(width: int, height: int) -> bytes:
    return b"GIF89a" + struct.pack("<HH", width, height) + b"\x80\x00\x00" + b"\x00" * 20


def webp_lossy(width: int, height: int) -> bytes:
    frame = b"\x30\x01\x00\x9d\x01\x2a" + struct.pack("<HH", width, height) + b"\x00" * 4
    return _riff(b"VP8 ", frame)


def webp_lossless(width: int, height: int) -> bytes:
    bits = (width - 1) | (height - 1) << 14
    return _riff(b"VP8L", b"\x2f" + struct.pack("<I", bits) + b"\x00" * 5)


def webp_extended(width: int, height: int) -> bytes:
    sides = struct.pack("<I", width - 1)[:3] + struct.pack("<I", height - 1)[:3]
    return _riff(b"VP8X", b"\x00" * 4 + sides)


def _riff(kind: bytes, body: bytes) -> bytes:
    chunk = kind + struct.pack("<I", len(body)) + body
    return b"RIFF" + struct.pack("<I", len(chunk) + 4) + b"WEBP" + chunk


def bmp(width: int, height: int, *, header_bytes: int = 40) -> bytes:
    head = b"BM" + struct.pack("<IHHI", 54, 0, 0, 54)
    return head + struct.pack("<IiiHH", header_bytes, width, height, 1, 24) + b"\x00" * 24


def tiff(width: int, height: int, *, order: str = "<") -> bytes:
    mark = b"II" if order == "<" else b"MM"
    entries = b"".join(
        struct.pack(f"{order}HHII", tag, 4, 1, side) for tag, side in ((256, width), (257, height))
    )
    return mark + struct.pack(f"{order}HIH", 42, 8, 2) + entries + b"\x00" * 4


def heic(width: int, height: int) -> bytes:
    extent = _box(b"ispe", struct.pack(">III", 0, width, height))
    properties = _box(b"iprp", _box(b"ipco", extent))
    kind = _box(b"ftyp", b"heic" + b"\x00" * 4 + b"mif1heic")
    return kind + _box(b"meta", b"\x00" * 4 + properties) + _box(b"mdat", b"\x00" * 16)


def _box(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body) + 8) + kind + body


def data_url(image: bytes, media_type: str = "image/png") -> str:
    return f"data:{media_type};base64,{encoded(image)}"


def encoded(image: bytes) -> str:
    return base64.b64encode(image).decode()
