"""Canonical bytes of plain data, and their SHA-256: equal facts have equal hashes."""

import hashlib
import json
from collections.abc import Callable
from typing import Any, Final


def _refuse(value: object) -> Any:
    raise TypeError(f"`{type(value).__name__}` has no canonical form")


_ENCODER: Final = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False, default=_refuse
)


def _encoding() -> Callable[[Any], str]:
    """Give the function that writes JSON.

    `JSONEncoder.encode` makes a C encoder anew for every text, which takes longer than a short text
    itself. Where this Python has one, a single one is made here, with the same settings.
    """
    make = getattr(json.encoder, "c_make_encoder", None)
    if make is None:
        return _ENCODER.encode
    write = make(
        None,  # no check for circles, which plain data has not: they end in a RecursionError
        _refuse,
        json.encoder.encode_basestring_ascii,
        None,
        _ENCODER.key_separator,
        _ENCODER.item_separator,
        True,  # sorted keys
        False,  # other keys than texts are refused, not skipped
        False,  # no NaN
    )
    return lambda plain: "".join(write(plain, 0))


_ENCODE: Final = _encoding()


def canonical_bytes(plain: Any) -> bytes:
    """Write plain data (dict, list, str, int, bool, None) as sorted, tight, ASCII JSON.

    Raises: TypeError for anything that JSON has no word for.
    """
    return _ENCODE(plain).encode("ascii")


def sha256_hex(data: bytes) -> str:
    """Give the SHA-256 of bytes as 64 lower-case hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()
