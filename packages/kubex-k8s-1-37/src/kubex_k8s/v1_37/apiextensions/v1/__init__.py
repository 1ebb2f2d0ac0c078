# Made by kubex-codegen. Changes are lost when it runs again.
"""Models of apiextensions/v1."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ._custom_resource_definition import (
        CustomResourceColumnDefinition,
        CustomResourceConversion,
        CustomResourceDefinition,
        CustomResourceDefinitionCondition,
        CustomResourceDefinitionNames,
        CustomResourceDefinitionSpec,
        CustomResourceDefinitionStatus,
        CustomResourceDefinitionVersion,
        CustomResourceSubresources,
        CustomResourceSubresourceScale,
        CustomResourceSubresourceStatus,
        CustomResourceValidation,
        ExternalDocumentation,
        JSONSchemaProps,
        SelectableField,
        ServiceReference,
        ValidationRule,
        WebhookClientConfig,
        WebhookConversion,
    )
else:
    from kubex.lazy_import import lazy_attributes

    __getattr__, __dir__ = lazy_attributes(
        __name__,
        {
            "CustomResourceColumnDefinition": "_custom_resource_definition",
            "CustomResourceConversion": "_custom_resource_definition",
            "CustomResourceDefinition": "_custom_resource_definition",
            "CustomResourceDefinitionCondition": "_custom_resource_definition",
            "CustomResourceDefinitionNames": "_custom_resource_definition",
            "CustomResourceDefinitionSpec": "_custom_resource_definition",
            "CustomResourceDefinitionStatus": "_custom_resource_definition",
            "CustomResourceDefinitionVersion": "_custom_resource_definition",
            "CustomResourceSubresourceScale": "_custom_resource_definition",
            "CustomResourceSubresourceStatus": "_custom_resource_definition",
            "CustomResourceSubresources": "_custom_resource_definition",
            "CustomResourceValidation": "_custom_resource_definition",
            "ExternalDocumentation": "_custom_resource_definition",
            "JSONSchemaProps": "_custom_resource_definition",
            "SelectableField": "_custom_resource_definition",
            "ServiceReference": "_custom_resource_definition",
            "ValidationRule": "_custom_resource_definition",
            "WebhookClientConfig": "_custom_resource_definition",
            "WebhookConversion": "_custom_resource_definition",
        },
    )

__all__ = [
    "CustomResourceColumnDefinition",
    "CustomResourceConversion",
    "CustomResourceDefinition",
    "CustomResourceDefinitionCondition",
    "CustomResourceDefinitionNames",
    "CustomResourceDefinitionSpec",
    "CustomResourceDefinitionStatus",
    "CustomResourceDefinitionVersion",
    "CustomResourceSubresourceScale",
    "CustomResourceSubresourceStatus",
    "CustomResourceSubresources",
    "CustomResourceValidation",
    "ExternalDocumentation",
    "JSONSchemaProps",
    "SelectableField",
    "ServiceReference",
    "ValidationRule",
    "WebhookClientConfig",
    "WebhookConversion",
]
