"""Anchors as files: JSON that says where a ledger stood, signed with a key of the keeper's."""

import hmac
from base64 import b64decode, b64encode
from hashlib import sha256
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from policyengine.ledger.anchors import Anchor, unpacked
from policyengine.policy.schema import SCHEMA_DIALECT, text_of
from policyengine.values.calendar import instant_text, parse_instant
from policyengine.values.canonical import canonical_bytes

SCHEMA_ID: Final = "urn:policyengine-credits:anchor:1"
TEXT_MAX: Final = 512 * 1024 * 1024
"""How long an anchor's text may be: that of about fifty million wallets."""
KEY_LENGTH_MIN: Final = 16
"""Fewer bytes than this could be guessed."""

Digest = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
Count = Annotated[int, Field(ge=0)]


class AnchorError(ValueError):
    """A text is no anchor, or not one that was signed with this key."""


class AnchorFile(BaseModel):
    """What `policyengine anchor` writes: where every wallet's chain stood at one moment."""

    model_config = ConfigDict(extra="forbid", strict=True)

    anchor: Literal["policyengine"]
    version: Literal[1] = Field(description="The version of this form.")
    ledger: Annotated[str, Field(pattern="^[0-9a-f]{32}$")] = Field(
        description="The ledger's own name, made when it was created."
    )
    at: str = Field(description="When it was made, by the clock of the machine that made it.")
    wallets: Count
    transactions: Count = Field(description="How many transactions all wallets had together.")
    policies: Count = Field(description="How many policy versions had decided something.")
    policies_head: Digest = Field(description="The head of their chain.")
    root: Digest = Field(
        description="The root of a Merkle tree (RFC 9162, SHA-256) over the wallets' heads, in the "
        "order of their numbers."
    )
    blocks: list[Annotated[str, Field(pattern="^[A-Za-z0-9+/]+={0,2}$")]] = Field(
        description="The wallets' positions, at most 512 a block, in base64: for each the step "
        "from the number before it and its count of transactions, both as LEB128, and the first 4 "
        "bytes of its leaf."
    )
    signature: Digest | None = Field(
        description="HMAC-SHA256 over all other keys, as JSON in the order of their names without "
        "spaces; null where none was asked for."
    )


def schema_text() -> str:
    """Write the schema of anchors as it is checked in."""
    head = {"$schema": SCHEMA_DIALECT, "$id": SCHEMA_ID}
    return text_of({**head, **AnchorFile.model_json_schema(mode="serialization")})


def anchor_text(anchor: Anchor, key: bytes | None = None) -> str:
    """Write an anchor, signed if there is a key.

    Raises: ValueError for a key that could be guessed.
    """
    plain: dict[str, Any] = {
        "anchor": "policyengine",
        "version": 1,
        "ledger": anchor.ledger_id,
        "at": instant_text(anchor.at),
        "wallets": anchor.wallets,
        "transactions": anchor.transactions,
        "policies": anchor.policies,
        "policies_head": anchor.policies_head.hex(),
        "root": anchor.root.hex(),
        "blocks": [b64encode(each).decode() for each in anchor.blocks],
    }
    signature = None if key is None else _signature(plain, key)
    return AnchorFile(**plain, signature=signature).model_dump_json(indent=1) + "\n"


def read_anchor_text(text: str | bytes, key: bytes | None = None) -> tuple[Anchor, bool]:
    """Read an anchor; with a key, only one that was signed with it.

    Gives: the anchor, and whether it is signed, with whichever key where none is given.
    Raises: AnchorError for anything else; ValueError for a key that could be guessed.
    """
    if len(text) > TEXT_MAX:
        raise AnchorError(f"an anchor has at most {TEXT_MAX} bytes")
    try:
        found = AnchorFile.model_validate_json(text)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = "".join(f" `{each}`" for each in first["loc"])
        raise AnchorError(f"this is no anchor:{place} {first['msg'].lower()}") from None
    if key is not None:
        expected = _signature(found.model_dump(exclude={"signature"}), key)
        if found.signature is None:
            raise AnchorError("the anchor is not signed, so that anybody may have written it")
        if not hmac.compare_digest(expected, found.signature):
            raise AnchorError("the anchor was not signed with this key, or was altered since")
    try:
        blocks = tuple(b64decode(each, validate=True) for each in found.blocks)
        seqs = [each.seq for block in blocks for each in unpacked(block)]
        anchor = Anchor(
            found.ledger,
            parse_instant(found.at),
            found.wallets,
            found.transactions,
            found.policies,
            bytes.fromhex(found.policies_head),
            bytes.fromhex(found.root),
            blocks,
        )
    except ValueError as error:
        raise AnchorError(f"this is no anchor: {error}") from None
    if (len(seqs), sum(seqs)) != (found.wallets, found.transactions):
        raise AnchorError("this is no anchor: its blocks do not list what it counts")
    return anchor, found.signature is not None


def _signature(plain: dict[str, Any], key: bytes) -> str:
    if len(key) < KEY_LENGTH_MIN:
        raise ValueError(f"a key has at least {KEY_LENGTH_MIN} bytes, better 32 random ones")
    return hmac.new(key, canonical_bytes(plain), sha256).hexdigest()
