"""Every code that a finding can have, in files of any kind, with its page."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from policyengine.app.planning.guards.codes import GUARD_CODES
from policyengine.app.replay.mapping.codes import MAPPING_CODES
from policyengine.app.scenarios.codes import SCENARIO_CODES
from policyengine.linting.codes import FAULT_CODES
from policyengine.policy.codes import CODES, CodeInfo

ALL_CODES: Final[Mapping[str, CodeInfo]] = MappingProxyType(
    {**CODES, **SCENARIO_CODES, **MAPPING_CODES, **GUARD_CODES, **FAULT_CODES}
)
"""What `explain` shows of a code; PExxx, SCxxx, MPxxx, GRxxx and EFxxx never overlap."""
