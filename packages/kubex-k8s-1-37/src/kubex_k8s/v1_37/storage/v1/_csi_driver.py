# Made by kubex-codegen. Changes are lost when it runs again.
from kubex.models import ApiResource, ClusterResource, Model


class TokenRequest(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#tokenrequest-v1-storage-k8s-io."""

    audience: str
    expiration_seconds: int | None = None


class CSIDriverSpec(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#csidriverspec-v1-storage-k8s-io."""

    attach_required: bool | None = None
    fs_group_policy: str | None = None
    node_allocatable_update_period_seconds: int | None = None
    pod_info_on_mount: bool | None = None
    prevent_pod_scheduling_if_missing: bool | None = None
    requires_republish: bool | None = None
    se_linux_mount: bool | None = None
    service_account_token_in_secrets: bool | None = None
    storage_capacity: bool | None = None
    token_requests: list[TokenRequest] | None = None
    volume_lifecycle_modes: list[str] | None = None


class CSIDriver(ClusterResource):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#csidriver-v1-storage-k8s-io."""

    __resource__ = ApiResource(group="storage.k8s.io", version="v1", kind="CSIDriver", plural="csidrivers")

    spec: CSIDriverSpec
