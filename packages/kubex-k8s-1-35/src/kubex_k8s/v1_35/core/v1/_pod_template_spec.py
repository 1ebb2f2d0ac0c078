# Made by kubex-codegen. Changes are lost when it runs again.
from kubex.models import Model, ObjectMeta

from ._pod_spec import PodSpec


class PodTemplateSpec(Model):
    metadata: ObjectMeta | None = None
    spec: PodSpec | None = None
