# Made by kubex-codegen. Changes are lost when it runs again.
"""Models of admissionregistration/v1."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ._match_condition import MatchCondition
    from ._match_resources import MatchResources, NamedRuleWithOperations
    from ._mutating_admission_policy import (
        ApplyConfiguration,
        JSONPatch,
        MutatingAdmissionPolicy,
        MutatingAdmissionPolicySpec,
        Mutation,
    )
    from ._mutating_admission_policy_binding import MutatingAdmissionPolicyBinding, MutatingAdmissionPolicyBindingSpec
    from ._mutating_webhook_configuration import MutatingWebhook, MutatingWebhookConfiguration
    from ._param_kind import ParamKind, Variable
    from ._param_ref import ParamRef
    from ._validating_admission_policy import (
        AuditAnnotation,
        ExpressionWarning,
        TypeChecking,
        ValidatingAdmissionPolicy,
        ValidatingAdmissionPolicySpec,
        ValidatingAdmissionPolicyStatus,
        Validation,
    )
    from ._validating_admission_policy_binding import (
        ValidatingAdmissionPolicyBinding,
        ValidatingAdmissionPolicyBindingSpec,
    )
    from ._validating_webhook_configuration import ValidatingWebhook, ValidatingWebhookConfiguration
    from ._webhook_client_config import RuleWithOperations, ServiceReference, WebhookClientConfig
else:
    from kubex.lazy_import import lazy_attributes

    __getattr__, __dir__ = lazy_attributes(
        __name__,
        {
            "ApplyConfiguration": "_mutating_admission_policy",
            "AuditAnnotation": "_validating_admission_policy",
            "ExpressionWarning": "_validating_admission_policy",
            "JSONPatch": "_mutating_admission_policy",
            "MatchCondition": "_match_condition",
            "MatchResources": "_match_resources",
            "MutatingAdmissionPolicy": "_mutating_admission_policy",
            "MutatingAdmissionPolicyBinding": "_mutating_admission_policy_binding",
            "MutatingAdmissionPolicyBindingSpec": "_mutating_admission_policy_binding",
            "MutatingAdmissionPolicySpec": "_mutating_admission_policy",
            "MutatingWebhook": "_mutating_webhook_configuration",
            "MutatingWebhookConfiguration": "_mutating_webhook_configuration",
            "Mutation": "_mutating_admission_policy",
            "NamedRuleWithOperations": "_match_resources",
            "ParamKind": "_param_kind",
            "ParamRef": "_param_ref",
            "RuleWithOperations": "_webhook_client_config",
            "ServiceReference": "_webhook_client_config",
            "TypeChecking": "_validating_admission_policy",
            "ValidatingAdmissionPolicy": "_validating_admission_policy",
            "ValidatingAdmissionPolicyBinding": "_validating_admission_policy_binding",
            "ValidatingAdmissionPolicyBindingSpec": "_validating_admission_policy_binding",
            "ValidatingAdmissionPolicySpec": "_validating_admission_policy",
            "ValidatingAdmissionPolicyStatus": "_validating_admission_policy",
            "ValidatingWebhook": "_validating_webhook_configuration",
            "ValidatingWebhookConfiguration": "_validating_webhook_configuration",
            "Validation": "_validating_admission_policy",
            "Variable": "_param_kind",
            "WebhookClientConfig": "_webhook_client_config",
        },
    )

__all__ = [
    "ApplyConfiguration",
    "AuditAnnotation",
    "ExpressionWarning",
    "JSONPatch",
    "MatchCondition",
    "MatchResources",
    "MutatingAdmissionPolicy",
    "MutatingAdmissionPolicyBinding",
    "MutatingAdmissionPolicyBindingSpec",
    "MutatingAdmissionPolicySpec",
    "MutatingWebhook",
    "MutatingWebhookConfiguration",
    "Mutation",
    "NamedRuleWithOperations",
    "ParamKind",
    "ParamRef",
    "RuleWithOperations",
    "ServiceReference",
    "TypeChecking",
    "ValidatingAdmissionPolicy",
    "ValidatingAdmissionPolicyBinding",
    "ValidatingAdmissionPolicyBindingSpec",
    "ValidatingAdmissionPolicySpec",
    "ValidatingAdmissionPolicyStatus",
    "ValidatingWebhook",
    "ValidatingWebhookConfiguration",
    "Validation",
    "Variable",
    "WebhookClientConfig",
]
