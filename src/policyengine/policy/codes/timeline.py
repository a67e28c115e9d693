"""PE4xx: the versions of a policy do not fit one after the other."""

from collections.abc import Mapping
from typing import Final

from policyengine.policy.codes.info import CodeInfo

TIMELINE_CODES: Final[Mapping[str, CodeInfo]] = {}
