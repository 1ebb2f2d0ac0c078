# Made by kubex-codegen. Changes are lost when it runs again.
from kubex.models import ApiResource, NamespacedResource

from ._pod_template_spec import PodTemplateSpec


class PodTemplate(NamespacedResource):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#podtemplate-v1-core."""

    __resource__ = ApiResource(version="v1", kind="PodTemplate", plural="podtemplates")

    template: PodTemplateSpec | None = None
