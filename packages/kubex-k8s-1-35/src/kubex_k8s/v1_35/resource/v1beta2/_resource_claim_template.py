# Made by kubex-codegen. Changes are lost when it runs again.
from kubex.models import ApiResource, Model, NamespacedResource, ObjectMeta

from ._resource_claim_spec import ResourceClaimSpec


class ResourceClaimTemplateSpec(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#resourceclaimtemplatespec-v1beta2-resource-k8s-io.
    """

    metadata: ObjectMeta | None = None
    spec: ResourceClaimSpec


class ResourceClaimTemplate(NamespacedResource):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#resourceclaimtemplate-v1beta2-resource-k8s-io.
    """

    __resource__ = ApiResource(
        group="resource.k8s.io", version="v1beta2", kind="ResourceClaimTemplate", plural="resourceclaimtemplates"
    )

    spec: ResourceClaimTemplateSpec
