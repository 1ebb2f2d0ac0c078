# Made by kubex-codegen. Changes are lost when it runs again.
from kubex.models import LazyModel, ObjectMeta

from ._pod_spec import PodSpec


class PodTemplateSpec(LazyModel):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#podtemplatespec-v1-core."""

    metadata: ObjectMeta | None = None
    spec: PodSpec | None = None
