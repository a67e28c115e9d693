"""Small exact expressions in a few named places of a policy: parsed, gated, typed, compiled."""

from policyengine.policy.expressions.dimensions import Dimension
from policyengine.policy.expressions.expression import Expression, parse_expression
from policyengine.policy.expressions.faults import FAULTS, ExpressionFault, FaultCode
from policyengine.policy.expressions.linear import LinearForm, linear_form
from policyengine.policy.expressions.reference import Value
from policyengine.policy.expressions.scaling import is_scale_free
from policyengine.policy.expressions.thresholds import Threshold, lower_bound

__all__ = [
    "FAULTS",
    "Dimension",
    "Expression",
    "ExpressionFault",
    "FaultCode",
    "LinearForm",
    "Threshold",
    "Value",
    "is_scale_free",
    "linear_form",
    "lower_bound",
    "parse_expression",
]
