"""PE2xx: each part is well formed, but together they cannot mean what was intended."""

from collections.abc import Mapping
from typing import Final

from policyengine.policy.codes.info import CodeInfo

MEANING_CODES: Final[Mapping[str, CodeInfo]] = {}
