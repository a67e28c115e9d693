"""PE3xx: a formula or condition is not an expression that the gate lets through."""

from collections.abc import Mapping
from typing import Final

from policyengine.policy.codes.info import CodeInfo

EXPRESSION_CODES: Final[Mapping[str, CodeInfo]] = {}
