"""Names from a file as ids of the ledger: two different names never become one."""

import hashlib
import re
from collections.abc import Sequence
from typing import Final

from policyengine.engine.batch import WALLET_ID
from policyengine.values.canonical import canonical_bytes

DIGEST_LENGTH: Final = 20
KEPT_MAX: Final = 80
NAME_KEPT_MAX: Final = 200
_ALTERED: Final = re.compile(rf".*-x[0-9a-f]{{{DIGEST_LENGTH}}}", re.DOTALL)
_FOREIGN: Final = re.compile(r"[^A-Za-z0-9._@+-]+")


def wallet_id_of(prefix: str, values: Sequence[str], join: str) -> str:
    """Give the id of the wallet that some cells name.

    The cells are joined as they are where that fits a wallet's id. Otherwise, and where a cell
    holds the joining sign itself, foreign characters become `-` and a digest of the cells is added:
    `ana müller` is `ana-m-ller-x` and 20 hexadecimal digits.
    INVARIANT: what is kept as it is never looks like what was altered, so equal ids mean equal
    cells.
    """
    plain = prefix + join.join(values)
    is_plain = (
        WALLET_ID.fullmatch(plain) is not None
        and _ALTERED.fullmatch(plain) is None
        and (len(values) == 1 or not any(join in value for value in values))
    )
    if is_plain:
        return plain
    kept = _FOREIGN.sub("-", plain)[:KEPT_MAX]
    start = "" if kept[:1].isalnum() else "w"
    return f"{start}{kept}-x{_digest(values)}"


def name_of(text: str) -> str:
    """Give a conversation's or operation's name as the ledger can keep it, likewise."""
    if len(text) <= NAME_KEPT_MAX and text.isprintable() and _ALTERED.fullmatch(text) is None:
        return text
    kept = "".join(each if each.isprintable() else "-" for each in text[:KEPT_MAX])
    return f"{kept}-x{_digest([text])}"


def _digest(values: Sequence[str]) -> str:
    return hashlib.sha256(canonical_bytes(list(values))).hexdigest()[:DIGEST_LENGTH]
