# Made by kubex-codegen. Changes are lost when it runs again.
from kubex.models import ApiResource, ClusterResource, LazyModel, Model, Time
from kubex.models.markers import HasStatus

from ...core.v1._persistent_volume_spec import PersistentVolumeSpec


class VolumeAttachmentSource(LazyModel):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#volumeattachmentsource-v1-storage-k8s-io.
    """

    inline_volume_spec: PersistentVolumeSpec | None = None
    persistent_volume_name: str | None = None


class VolumeAttachmentSpec(LazyModel):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#volumeattachmentspec-v1-storage-k8s-io.
    """

    attacher: str
    node_name: str
    source: VolumeAttachmentSource


class VolumeError(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#volumeerror-v1-storage-k8s-io."""

    error_code: int | None = None
    message: str | None = None
    time: Time | None = None


class VolumeAttachmentStatus(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#volumeattachmentstatus-v1-storage-k8s-io.
    """

    attach_error: VolumeError | None = None
    attached: bool
    attachment_metadata: dict[str, str] | None = None
    detach_error: VolumeError | None = None


class VolumeAttachment(ClusterResource, HasStatus):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#volumeattachment-v1-storage-k8s-io."""

    __resource__ = ApiResource(
        group="storage.k8s.io",
        version="v1",
        kind="VolumeAttachment",
        plural="volumeattachments",
        subresources=frozenset({"status"}),
    )

    spec: VolumeAttachmentSpec
    status: VolumeAttachmentStatus | None = None
