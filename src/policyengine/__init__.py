"""Credits for AI products: YAML policies, a pure engine, a double-entry ledger."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from policyengine.app.async_engine import AsyncEngine
    from policyengine.app.charge_request import ChargeRequest
    from policyengine.app.engine import Engine
    from policyengine.app.policies import PolicyError
    from policyengine.app.reading import NotFound
    from policyengine.app.receipts import Receipt, Refused

__all__ = [
    "AsyncEngine",
    "ChargeRequest",
    "Engine",
    "NotFound",
    "PolicyError",
    "Receipt",
    "Refused",
]

_HOMES = {
    "AsyncEngine": "policyengine.app.async_engine",
    "ChargeRequest": "policyengine.app.charge_request",
    "Engine": "policyengine.app.engine",
    "NotFound": "policyengine.app.reading",
    "PolicyError": "policyengine.app.policies",
    "Receipt": "policyengine.app.receipts",
    "Refused": "policyengine.app.receipts",
}


def __getattr__(name: str) -> Any:
    """Import what backends use when it is first asked for: rules alone need no database."""
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module `policyengine` has no attribute `{name}`")
    return getattr(import_module(home), name)
