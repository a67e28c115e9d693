"""The one registry of diagnostic codes: every code that the policy room emits has a page here.

PE0xx the file as text and YAML, PE1xx its shape, PE2xx its meaning, PE3xx expressions,
PE4xx versions and the timeline. One module per hundred; a code is never used for something else.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from policyengine.policy.codes.expression import EXPRESSION_CODES
from policyengine.policy.codes.file import FILE_CODES
from policyengine.policy.codes.info import CodeInfo
from policyengine.policy.codes.meaning import MEANING_CODES
from policyengine.policy.codes.shape import SHAPE_CODES
from policyengine.policy.codes.timeline import TIMELINE_CODES

__all__ = ["CODES", "CodeInfo"]

CODES: Final[Mapping[str, CodeInfo]] = MappingProxyType(
    {**FILE_CODES, **SHAPE_CODES, **MEANING_CODES, **EXPRESSION_CODES, **TIMELINE_CODES}
)
