# Made by kubex-codegen. Changes are lost when it runs again.
"""Models of admissionregistration/v1."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ._match_condition import MatchCondition
    from ._match_resources import MatchResources, NamedRuleWithOperations
    from ._mutating_webhook_configuration import MutatingWebhook, MutatingWebhookConfiguration
    from ._validating_admission_policy import (
        AuditAnnotation,
        ExpressionWarning,
        ParamKind,
        TypeChecking,
        ValidatingAdmissionPolicy,
        ValidatingAdmissionPolicySpec,
        ValidatingAdmissionPolicyStatus,
        Validation,
        Variable,
    )
    from ._validating_admission_policy_binding import (
        ParamRef,
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
            "AuditAnnotation": "_validating_admission_policy",
            "ExpressionWarning": "_validating_admission_policy",
            "MatchCondition": "_match_condition",
            "MatchResources": "_match_resources",
            "MutatingWebhook": "_mutating_webhook_configuration",
            "MutatingWebhookConfiguration": "_mutating_webhook_configuration",
            "NamedRuleWithOperations": "_match_resources",
            "ParamKind": "_validating_admission_policy",
            "ParamRef": "_validating_admission_policy_binding",
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
            "Variable": "_validating_admission_policy",
            "WebhookClientConfig": "_webhook_client_config",
        },
    )

__all__ = [
    "AuditAnnotation",
    "ExpressionWarning",
    "MatchCondition",
    "MatchResources",
    "MutatingWebhook",
    "MutatingWebhookConfiguration",
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
