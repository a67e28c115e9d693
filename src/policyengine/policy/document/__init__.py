"""The document models: one class per part of a policy file, each key described with an example.

The JSON Schema is generated from these models; what a schema cannot say (dates that exist, names
that refer to something, units of expressions) is left to the checks, so that both always agree.
"""

from policyengine.policy.document.policy import PolicyDocument

__all__ = ["PolicyDocument"]
