"""Whether a document has the shape of a policy: models and JSON Schema, and findings in words."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from jsonschema import Draft202012Validator
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from policyengine.policy import remarks
from policyengine.policy.document import PolicyDocument
from policyengine.policy.hints import nearest_key
from policyengine.policy.nodes import ListNode, MappingNode, Node, ScalarNode, child_pointer
from policyengine.policy.outline import Asked, Step, asked_at, homes_of, key_pattern_at
from policyengine.policy.remarks import Remark
from policyengine.policy.schema import policy_schema
from policyengine.policy.source import Source
from policyengine.values.diagnostics import Diagnostic, Edit, Span, shown, sorted_findings
