"""Canonical bytes of plain data, and their SHA-256: equal facts have equal hashes."""

import hashlib
import json
from typing import Any, Final


def _refuse(value: object) -> Any:
    raise TypeError(f"`{type(value).__name__}` has no canonical form")


_ENCODER: Final = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False, default=_refuse
)


def canonical_bytes(plain: Any) -> bytes:
    """Write plain data (dict, list, str, int, bool, None) as sorted, tight, ASCII JSON.

    Raises: TypeError for anything that JSON has no word for.
    """
    return _ENCODER.encode(plain).encode("ascii")


def sha256_hex(data: bytes) -> str:
    """Give the SHA-256 of bytes as 64 lower-case hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()
