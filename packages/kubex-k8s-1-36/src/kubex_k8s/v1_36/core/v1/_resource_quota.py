# Made by kubex-codegen. Changes are lost when it runs again.
from kubex.models import ApiResource, Model, NamespacedResource, Quantity
from kubex.models.markers import HasStatus


class ScopedResourceSelectorRequirement(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#scopedresourceselectorrequirement-v1-core.
    """

    operator: str
    scope_name: str
    values: list[str] | None = None


class ScopeSelector(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#scopeselector-v1-core."""

    match_expressions: list[ScopedResourceSelectorRequirement] | None = None


class ResourceQuotaSpec(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#resourcequotaspec-v1-core."""

    hard: dict[str, Quantity] | None = None
    scope_selector: ScopeSelector | None = None
    scopes: list[str] | None = None


class ResourceQuotaStatus(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#resourcequotastatus-v1-core."""

    hard: dict[str, Quantity] | None = None
    used: dict[str, Quantity] | None = None


class ResourceQuota(NamespacedResource, HasStatus):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#resourcequota-v1-core."""

    __resource__ = ApiResource(
        version="v1", kind="ResourceQuota", plural="resourcequotas", subresources=frozenset({"status"})
    )

    spec: ResourceQuotaSpec | None = None
    status: ResourceQuotaStatus | None = None
