# Made by kubex-codegen. Changes are lost when it runs again.
"""Models of admissionregistration/v1alpha1."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ._match_resources import MatchResources, NamedRuleWithOperations
    from ._mutating_admission_policy import (
        ApplyConfiguration,
        JSONPatch,
        MatchCondition,
        MutatingAdmissionPolicy,
        MutatingAdmissionPolicySpec,
        Mutation,
        ParamKind,
        Variable,
    )
    from ._mutating_admission_policy_binding import (
        MutatingAdmissionPolicyBinding,
        MutatingAdmissionPolicyBindingSpec,
        ParamRef,
    )
else:
    from kubex.lazy_import import lazy_attributes

    __getattr__, __dir__ = lazy_attributes(
        __name__,
        {
            "ApplyConfiguration": "_mutating_admission_policy",
            "JSONPatch": "_mutating_admission_policy",
            "MatchCondition": "_mutating_admission_policy",
            "MatchResources": "_match_resources",
            "MutatingAdmissionPolicy": "_mutating_admission_policy",
            "MutatingAdmissionPolicyBinding": "_mutating_admission_policy_binding",
            "MutatingAdmissionPolicyBindingSpec": "_mutating_admission_policy_binding",
            "MutatingAdmissionPolicySpec": "_mutating_admission_policy",
            "Mutation": "_mutating_admission_policy",
            "NamedRuleWithOperations": "_match_resources",
            "ParamKind": "_mutating_admission_policy",
            "ParamRef": "_mutating_admission_policy_binding",
            "Variable": "_mutating_admission_policy",
        },
    )

__all__ = [
    "ApplyConfiguration",
    "JSONPatch",
    "MatchCondition",
    "MatchResources",
    "MutatingAdmissionPolicy",
    "MutatingAdmissionPolicyBinding",
    "MutatingAdmissionPolicyBindingSpec",
    "MutatingAdmissionPolicySpec",
    "Mutation",
    "NamedRuleWithOperations",
    "ParamKind",
    "ParamRef",
    "Variable",
]
