"""PE1xx: the document does not have the shape that the schema asks for."""

from collections.abc import Mapping
from typing import Final

from policyengine.policy.codes.info import CodeInfo

SHAPE_CODES: Final[Mapping[str, CodeInfo]] = {}
