"""PE2xx: each part is well formed, but together they cannot mean what was intended."""

from collections.abc import Mapping
from typing import Final

from policyengine.policy.codes.conduct import CONDUCT_CODES
from policyengine.policy.codes.grants import GRANT_CODES
from policyengine.policy.codes.info import CodeInfo
from policyengine.policy.codes.limits import LIMIT_CODES
from policyengine.policy.codes.names import NAME_CODES
from policyengine.policy.codes.numbers import NUMBER_CODES
from policyengine.policy.codes.prices import PRICE_CODES

MEANING_CODES: Final[Mapping[str, CodeInfo]] = {
    **NAME_CODES,
    **NUMBER_CODES,
    **CONDUCT_CODES,
    **PRICE_CODES,
    **LIMIT_CODES,
    **GRANT_CODES,
}
