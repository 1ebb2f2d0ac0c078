# Made by kubex-codegen. Changes are lost when it runs again.
from kubex.models import Model, Quantity

from ...meta.v1._label_selector import LabelSelector
from ._typed_local_object_reference import TypedLocalObjectReference


class TypedObjectReference(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#typedobjectreference-v1-core."""

    api_group: str | None = None
    kind: str
    name: str
    namespace: str | None = None


class VolumeResourceRequirements(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#volumeresourcerequirements-v1-core."""

    limits: dict[str, Quantity] | None = None
    requests: dict[str, Quantity] | None = None


class PersistentVolumeClaimSpec(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#persistentvolumeclaimspec-v1-core."""

    access_modes: list[str] | None = None
    data_source: TypedLocalObjectReference | None = None
    data_source_ref: TypedObjectReference | None = None
    resources: VolumeResourceRequirements | None = None
    selector: LabelSelector | None = None
    storage_class_name: str | None = None
    volume_attributes_class_name: str | None = None
    volume_mode: str | None = None
    volume_name: str | None = None
