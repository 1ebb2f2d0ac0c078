# Made by kubex-codegen. Changes are lost when it runs again.
from kubex.models import ApiResource, LazyModel, NamespacedResource, ObjectMeta

from ._resource_claim_spec import ResourceClaimSpec


class ResourceClaimTemplateSpec(LazyModel):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#resourceclaimtemplatespec-v1beta2-resource-k8s-io.
    """

    metadata: ObjectMeta | None = None
    spec: ResourceClaimSpec | None = None


class ResourceClaimTemplate(NamespacedResource):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#resourceclaimtemplate-v1beta2-resource-k8s-io.
    """

    __resource__ = ApiResource(
        group="resource.k8s.io", version="v1beta2", kind="ResourceClaimTemplate", plural="resourceclaimtemplates"
    )

    spec: ResourceClaimTemplateSpec | None = None
