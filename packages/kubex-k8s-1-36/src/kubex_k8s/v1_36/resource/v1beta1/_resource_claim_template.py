# Made by kubex-codegen. Changes are lost when it runs again.
from kubex.models import ApiResource, Model, NamespacedResource, ObjectMeta

from ._resource_claim_spec import ResourceClaimSpec


class ResourceClaimTemplateSpec(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#resourceclaimtemplatespec-v1beta1-resource-k8s-io.
    """

    metadata: ObjectMeta | None = None
    spec: ResourceClaimSpec


class ResourceClaimTemplate(NamespacedResource):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#resourceclaimtemplate-v1beta1-resource-k8s-io.
    """

    __resource__ = ApiResource(
        group="resource.k8s.io", version="v1beta1", kind="ResourceClaimTemplate", plural="resourceclaimtemplates"
    )

    spec: ResourceClaimTemplateSpec
