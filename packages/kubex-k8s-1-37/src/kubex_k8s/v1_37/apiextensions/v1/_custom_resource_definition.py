# Made by kubex-codegen. Changes are lost when it runs again.
from typing import Annotated, Any

from kubex.models import ApiResource, Base64, ClusterResource, LazyModel, Model, Time
from kubex.models.fields import NullAsEmpty, json_aliases
from kubex.models.markers import HasStatus


class CustomResourceColumnDefinition(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#customresourcecolumndefinition-v1-apiextensions-k8s-io.
    """

    description: str | None = None
    format: str | None = None
    json_path: str
    name: str
    priority: int | None = None
    type: str


class ServiceReference(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#servicereference-v1-apiextensions-k8s-io.
    """

    name: str
    namespace: str
    path: str | None = None
    port: int | None = None


class WebhookClientConfig(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#webhookclientconfig-v1-apiextensions-k8s-io.
    """

    ca_bundle: Base64 | None = None
    service: ServiceReference | None = None
    url: str | None = None


class WebhookConversion(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#webhookconversion-v1-apiextensions-k8s-io.
    """

    client_config: WebhookClientConfig | None = None
    conversion_review_versions: Annotated[list[str], NullAsEmpty]


class CustomResourceConversion(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#customresourceconversion-v1-apiextensions-k8s-io.
    """

    strategy: str
    webhook: WebhookConversion | None = None


class CustomResourceDefinitionNames(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#customresourcedefinitionnames-v1-apiextensions-k8s-io.
    """

    categories: list[str] | None = None
    kind: str
    list_kind: str | None = None
    plural: str
    short_names: list[str] | None = None
    singular: str | None = None


class CustomResourceSubresourceScale(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#customresourcesubresourcescale-v1-apiextensions-k8s-io.
    """

    label_selector_path: str | None = None
    spec_replicas_path: str
    status_replicas_path: str


class CustomResourceSubresourceStatus(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#customresourcesubresourcestatus-v1-apiextensions-k8s-io.
    """


class CustomResourceSubresources(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#customresourcesubresources-v1-apiextensions-k8s-io.
    """

    scale: CustomResourceSubresourceScale | None = None
    status: CustomResourceSubresourceStatus | None = None


class ExternalDocumentation(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#externaldocumentation-v1-apiextensions-k8s-io.
    """

    description: str | None = None
    url: str | None = None


class ValidationRule(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#validationrule-v1-apiextensions-k8s-io.
    """

    field_path: str | None = None
    message: str | None = None
    message_expression: str | None = None
    optional_old_self: bool | None = None
    reason: str | None = None
    rule: str


class JSONSchemaProps(
    LazyModel,
    alias_generator=json_aliases(
        ref="$ref",
        schema_="$schema",
        x_kubernetes_embedded_resource="x-kubernetes-embedded-resource",
        x_kubernetes_int_or_string="x-kubernetes-int-or-string",
        x_kubernetes_list_map_keys="x-kubernetes-list-map-keys",
        x_kubernetes_list_type="x-kubernetes-list-type",
        x_kubernetes_map_type="x-kubernetes-map-type",
        x_kubernetes_preserve_unknown_fields="x-kubernetes-preserve-unknown-fields",
        x_kubernetes_validations="x-kubernetes-validations",
    ),
):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#jsonschemaprops-v1-apiextensions-k8s-io.
    """

    ref: str | None = None
    schema_: str | None = None
    additional_items: "JSONSchemaProps | bool | None" = None
    additional_properties: "JSONSchemaProps | bool | None" = None
    all_of: "list[JSONSchemaProps] | None" = None
    any_of: "list[JSONSchemaProps] | None" = None
    default: Any = None
    definitions: "dict[str, JSONSchemaProps] | None" = None
    dependencies: "dict[str, JSONSchemaProps | list[str]] | None" = None
    description: str | None = None
    enum: list[Any] | None = None
    example: Any = None
    exclusive_maximum: bool | None = None
    exclusive_minimum: bool | None = None
    external_docs: ExternalDocumentation | None = None
    format: str | None = None
    id: str | None = None
    items: "JSONSchemaProps | list[JSONSchemaProps] | None" = None
    max_items: int | None = None
    max_length: int | None = None
    max_properties: int | None = None
    maximum: int | float | None = None
    min_items: int | None = None
    min_length: int | None = None
    min_properties: int | None = None
    minimum: int | float | None = None
    multiple_of: int | float | None = None
    not_: "JSONSchemaProps | None" = None
    nullable: bool | None = None
    one_of: "list[JSONSchemaProps] | None" = None
    pattern: str | None = None
    pattern_properties: "dict[str, JSONSchemaProps] | None" = None
    properties: "dict[str, JSONSchemaProps] | None" = None
    required: list[str] | None = None
    title: str | None = None
    type: str | None = None
    unique_items: bool | None = None
    x_kubernetes_embedded_resource: bool | None = None
    x_kubernetes_int_or_string: bool | None = None
    x_kubernetes_list_map_keys: list[str] | None = None
    x_kubernetes_list_type: str | None = None
    x_kubernetes_map_type: str | None = None
    x_kubernetes_preserve_unknown_fields: bool | None = None
    x_kubernetes_validations: list[ValidationRule] | None = None


class CustomResourceValidation(LazyModel):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#customresourcevalidation-v1-apiextensions-k8s-io.
    """

    open_apiv3_schema: JSONSchemaProps | None = None


class SelectableField(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#selectablefield-v1-apiextensions-k8s-io.
    """

    json_path: str


class CustomResourceDefinitionVersion(LazyModel):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#customresourcedefinitionversion-v1-apiextensions-k8s-io.
    """

    additional_printer_columns: list[CustomResourceColumnDefinition] | None = None
    deprecated: bool | None = None
    deprecation_warning: str | None = None
    name: str
    schema_: CustomResourceValidation | None = None
    selectable_fields: list[SelectableField] | None = None
    served: bool
    storage: bool
    subresources: CustomResourceSubresources | None = None


class CustomResourceDefinitionSpec(LazyModel):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#customresourcedefinitionspec-v1-apiextensions-k8s-io.
    """

    conversion: CustomResourceConversion | None = None
    group: str
    names: CustomResourceDefinitionNames
    preserve_unknown_fields: bool | None = None
    scope: str
    versions: Annotated[list[CustomResourceDefinitionVersion], NullAsEmpty]


class CustomResourceDefinitionCondition(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#customresourcedefinitioncondition-v1-apiextensions-k8s-io.
    """

    last_transition_time: Time | None = None
    message: str | None = None
    observed_generation: int | None = None
    reason: str | None = None
    status: str
    type: str


class CustomResourceDefinitionStatus(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#customresourcedefinitionstatus-v1-apiextensions-k8s-io.
    """

    accepted_names: CustomResourceDefinitionNames | None = None
    conditions: list[CustomResourceDefinitionCondition] | None = None
    observed_generation: int | None = None
    stored_versions: list[str] | None = None


class CustomResourceDefinition(ClusterResource, HasStatus):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#customresourcedefinition-v1-apiextensions-k8s-io.
    """

    __resource__ = ApiResource(
        group="apiextensions.k8s.io",
        version="v1",
        kind="CustomResourceDefinition",
        plural="customresourcedefinitions",
        subresources=frozenset({"status"}),
    )

    spec: CustomResourceDefinitionSpec
    status: CustomResourceDefinitionStatus | None = None
