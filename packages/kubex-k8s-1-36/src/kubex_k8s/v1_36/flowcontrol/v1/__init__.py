# Made by kubex-codegen. Changes are lost when it runs again.
"""Models of flowcontrol/v1."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ._flow_schema import (
        FlowDistinguisherMethod,
        FlowSchema,
        FlowSchemaCondition,
        FlowSchemaSpec,
        FlowSchemaStatus,
        GroupSubject,
        NonResourcePolicyRule,
        PolicyRulesWithSubjects,
        PriorityLevelConfigurationReference,
        ResourcePolicyRule,
        ServiceAccountSubject,
        Subject,
        UserSubject,
    )
    from ._priority_level_configuration import (
        ExemptPriorityLevelConfiguration,
        LimitedPriorityLevelConfiguration,
        LimitResponse,
        PriorityLevelConfiguration,
        PriorityLevelConfigurationCondition,
        PriorityLevelConfigurationSpec,
        PriorityLevelConfigurationStatus,
        QueuingConfiguration,
    )
else:
    from kubex.lazy_import import lazy_attributes

    __getattr__, __dir__ = lazy_attributes(
        __name__,
        {
            "ExemptPriorityLevelConfiguration": "_priority_level_configuration",
            "FlowDistinguisherMethod": "_flow_schema",
            "FlowSchema": "_flow_schema",
            "FlowSchemaCondition": "_flow_schema",
            "FlowSchemaSpec": "_flow_schema",
            "FlowSchemaStatus": "_flow_schema",
            "GroupSubject": "_flow_schema",
            "LimitResponse": "_priority_level_configuration",
            "LimitedPriorityLevelConfiguration": "_priority_level_configuration",
            "NonResourcePolicyRule": "_flow_schema",
            "PolicyRulesWithSubjects": "_flow_schema",
            "PriorityLevelConfiguration": "_priority_level_configuration",
            "PriorityLevelConfigurationCondition": "_priority_level_configuration",
            "PriorityLevelConfigurationReference": "_flow_schema",
            "PriorityLevelConfigurationSpec": "_priority_level_configuration",
            "PriorityLevelConfigurationStatus": "_priority_level_configuration",
            "QueuingConfiguration": "_priority_level_configuration",
            "ResourcePolicyRule": "_flow_schema",
            "ServiceAccountSubject": "_flow_schema",
            "Subject": "_flow_schema",
            "UserSubject": "_flow_schema",
        },
    )

__all__ = [
    "ExemptPriorityLevelConfiguration",
    "FlowDistinguisherMethod",
    "FlowSchema",
    "FlowSchemaCondition",
    "FlowSchemaSpec",
    "FlowSchemaStatus",
    "GroupSubject",
    "LimitResponse",
    "LimitedPriorityLevelConfiguration",
    "NonResourcePolicyRule",
    "PolicyRulesWithSubjects",
    "PriorityLevelConfiguration",
    "PriorityLevelConfigurationCondition",
    "PriorityLevelConfigurationReference",
    "PriorityLevelConfigurationSpec",
    "PriorityLevelConfigurationStatus",
    "QueuingConfiguration",
    "ResourcePolicyRule",
    "ServiceAccountSubject",
    "Subject",
    "UserSubject",
]
